"""Threads that share an optimizer take turns, and each sees whole steps."""

import copy
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch

SECONDS = 30
"""After which a thread that waits in vain is given up."""


def together(*functions: Callable[[], object]) -> None:
    """Each in a thread of its own, from one moment on."""
    barrier, errors = threading.Barrier(len(functions)), list[BaseException]()

    def run(function: Callable[[], object]) -> None:
        try:
            barrier.wait(SECONDS)
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(each,), daemon=True) for each in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive(), "waits in vain"
    assert errors == []


class Telling:
    """A lock that tells when one comes to it."""

    def __init__(self, lock: Any, arrived: threading.Event) -> None:
        self.lock, self.arrived = lock, arrived

    def __enter__(self) -> None:
        if not self.lock.acquire(blocking=False):
            self.arrived.set()
            self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


@pytest.fixture
def amid(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Steps, and amid the preparations does something in another thread, until that waits."""

    def run(trained: Any, what: Callable[[], object]) -> None:
        optimizer, arrived = trained.optimizer, threading.Event()
        optimizer._lock = Telling(optimizer._lock, arrived)
        base, prepare = type(optimizer), type(optimizer)._prepare
        first = threading.current_thread()
        over, early = [False], [False]
        errors: list[BaseException] = []

        def other() -> None:
            try:
                what()
            except BaseException as error:
                errors.append(error)
            early[0] = not over[0]
            arrived.set()

        thread = threading.Thread(target=other, daemon=True)

        def prepared(self: Any, *args: Any) -> Any:
            changes = prepare(self, *args)
            if self is optimizer and threading.current_thread() is first and not thread.ident:
                thread.start()
                assert arrived.wait(SECONDS)
                over[0] = True  # from here on nothing waits for the other
            return changes

        with monkeypatch.context() as patched:
            patched.setattr(base, "_prepare", prepared)
            trained.step()
            thread.join(SECONDS)
        assert not thread.is_alive()
        assert errors == []
        assert not early[0], "did not wait for its turn"

    return run


@pytest.fixture
def often() -> Iterator[None]:
    """Threads change as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def after(make: Any, steps: int) -> str:
    trained = make()
    for _ in range(steps):
        trained.step()
    return trained.seen()


@pytest.mark.usefixtures("often")
def test_steps_of_two_threads_are_as_one_after_the_other(make: Any) -> None:
    trained = make()

    def steps() -> None:
        for _ in range(5):
            trained.step()

    together(steps, steps)
    assert trained.seen() == after(make, 10)


def test_a_step_waits_for_that_of_another_thread(make: Any, amid: Any) -> None:
    trained = make()
    trained.step()
    amid(trained, trained.step)
    assert trained.seen() == after(make, 3)


def pickled(optimizer: Any) -> Any:
    return pickle.loads(pickle.dumps(optimizer))


def states(optimizer: Any) -> list[Any]:
    kept = optimizer.state_dict()
    each = kept["state"].values() if "state" in kept else [kept]
    return [torch.as_tensor(x).to(torch.float64, copy=True) for own in each for x in own.values()]


@pytest.mark.parametrize("copied", [copy.deepcopy, pickled])
def test_who_copies_waits_for_the_step_of_another_thread(
    make: Any, amid: Any, copied: Callable[[Any], Any]
) -> None:
    trained, made = make(), list[Any]()
    if copied is pickled and isinstance(trained.optimizer, torch.optim.Optimizer):
        pytest.skip("pickles the tensors themselves, which may be shared by processes")
    amid(trained, lambda: made.append(copied(trained.optimizer)))
    expected = states(trained.optimizer)
    trained.step()  # which the copy does not see
    torch.testing.assert_close(states(made[0]), expected, rtol=0, atol=0)


def test_who_saves_waits_for_the_step_of_another_thread(make: Any, amid: Any) -> None:
    trained, saved = make(), list[Any]()
    amid(trained, lambda: saved.append(trained.optimizer.state_dict()))
    assert len(saved[0].get("state", saved[0])) >= 4, "there was none before the step"


def test_who_loads_waits_for_the_step_of_another_thread(make: Any, amid: Any) -> None:
    saved, trained = make(), make()
    saved.step()
    kept = copy.deepcopy(saved.optimizer.state_dict())
    saved.optimizer.load_state_dict(kept)
    trained.step()
    amid(trained, lambda: trained.optimizer.load_state_dict(kept))
    expected = make()
    for _ in range(2):
        expected.step()
    expected.optimizer.load_state_dict(kept)
    assert trained.seen() == expected.seen()


def test_others_do_not_wait(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one prepares, another optimizer takes its steps."""
    one, other = make(), make()
    base, prepare = type(one.optimizer), type(one.optimizer)._prepare

    def prepared(self: Any, *args: Any) -> Any:
        if self is one.optimizer:
            together(other.step)
        return prepare(self, *args)

    monkeypatch.setattr(base, "_prepare", prepared)
    together(one.step)
    assert one.seen() == other.seen() == after(make, 1)


CHILD = """
import os, signal, threading
import numpy as np, torch
import steprule.numpy, steprule.torch
signal.alarm(60)  # for one that waits in vain
for is_torch in (False, True):
    if is_torch:
        theta, grad = torch.zeros(3), torch.ones(3)
        theta.grad = grad
        optimizer = steprule.torch.SGD([theta], lr=1.0, momentum=1.0)
        step = optimizer.step
    else:
        theta, grad = np.zeros(3), np.ones(3)
        optimizer = steprule.numpy.SGD(lr=1.0, momentum=1.0, engine="numpy")
        step = lambda: optimizer.update(theta, grad)
    step()
    prepare = type(optimizer)._prepare
    amid, go_on = threading.Event(), threading.Event()
    def prepared(self, *args, amid=amid, go_on=go_on, prepare=prepare):
        if not amid.is_set():
            amid.set()
            go_on.wait()
        return prepare(self, *args)
    type(optimizer)._prepare = prepared
    thread = threading.Thread(target=step)
    thread.start()
    amid.wait()
    # What was registered last runs first: before the locks are taken.
    os.register_at_fork(before=go_on.set)
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        step()
        print(int(-theta[0]), flush=True)
        os._exit(0)
    thread.join()
    os.waitpid(child, 0)
    print(int(-theta[0]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_the_child_of_a_fork_can_step() -> None:
    """The fork waits for the step of another thread, and the child has it whole."""
    ran = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True)
    # 1 + 2 + 3: the first step, the other thread's, and the child's own.
    assert ran.stdout.split() == ["6", "3"] * 2, ran.stderr


def test_a_rate_that_steps_or_saves_does_not_wait_for_itself() -> None:
    saved: list[Any] = []

    def rate(step: int) -> float:
        saved.append(optimizer.state_dict()["step"])
        if step == 0:
            optimizer.update_again()
        return 1.0

    class Again(steprule.numpy.SGD):
        is_again = False

        def update_again(self) -> None:
            if not self.is_again:
                self.is_again = True
                self.update(theta, np.ones(2))

    theta, optimizer = np.zeros(2), Again(lr=rate, engine="numpy")
    together(lambda: optimizer.update(theta, np.ones(2)))
    assert optimizer.step == 2
    np.testing.assert_array_equal(theta, [-2, -2])
    assert saved == [0, 0, 1], "the outer step starts anew from the inner one"


def test_hooks_and_a_closure_that_step_do_not_wait_for_themselves() -> None:
    theta = torch.zeros(2)
    theta.grad = torch.ones(2)
    optimizer = steprule.torch.SGD([theta], lr=1.0)
    depth = [0]

    def again(*_: Any) -> None:
        if not depth[0]:
            depth[0] = 1
            optimizer.state_dict()
            optimizer.step()
            depth[0] = 0

    def closure() -> float:
        again()
        return 0.5

    optimizer.register_step_pre_hook(again)
    optimizer.register_step_post_hook(again)
    together(lambda: optimizer.step(closure))
    assert theta.tolist() == [-4, -4]
