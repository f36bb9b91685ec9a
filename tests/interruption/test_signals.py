"""Whoever handles a signal finds a step taken or not taken, whole."""

import os
import signal
import threading
from typing import Any

import numpy as np
import pytest
from steprule.numpy import SGD, Adam
from steprule.numpy._signals import Held


def test_at_every_line_a_handler_sees_all_old_or_all_new(
    make: Any, handle: Any, at_lines: Any
) -> None:
    trained = make()
    trained.step()  # compiles
    trained = make()
    trained.step()
    old = trained.seen()
    found: list[str] = []
    handle(signal.SIGUSR1, lambda *_: found.append(trained.seen()))
    lines = at_lines(trained.step, lambda _: signal.raise_signal(signal.SIGUSR1))
    new = trained.seen()
    assert len(found) == lines > 50
    assert set(found) == {old, new}
    assert found.index(new) == found.count(old), "new once, new for ever"


@pytest.mark.parametrize("is_first", [True, False])
def test_an_interrupt_leaves_a_step_taken_or_not_taken(
    make: Any, handle: Any, at_lines: Any, is_first: bool
) -> None:
    """Training goes on from there to where it goes without."""
    handle(signal.SIGINT, signal.default_int_handler)
    alone = make()
    seen = [alone.seen()]
    for _ in range(3):
        alone.step()
        seen.append(alone.seen())
    steps = 0 if is_first else 1
    counted = make()
    for _ in range(steps):
        counted.step()
    lines = at_lines(counted.step, lambda _: None)
    ends: set[int] = set()
    for at in (*range(1, lines, max(lines // 10, 1)), lines - 30, lines - 8):
        trained = make()
        for _ in range(steps):
            trained.step()

        def interrupt(line: int, at: int = at) -> None:
            if line == at:
                signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            at_lines(trained.step, interrupt)
        done = seen.index(trained.seen())
        ends.add(done - steps)
        for _ in range(3 - done):
            trained.step()
        assert trained.seen() == seen[3]
    assert ends == {0, 1}


def test_a_real_interrupt_in_a_large_step(handle: Any) -> None:
    handle(signal.SIGINT, signal.default_int_handler)
    theta, grad = np.ones(1 << 22, np.float32), np.ones(1 << 22, np.float32)
    optimizer = Adam(lr=0.25, engine="numpy")
    optimizer.update(theta, grad)
    steps = 1
    for delay in (0.0, 0.002, 0.01):
        timer = threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012
            timer.start()
            while True:
                optimizer.update(theta, grad)
        timer.join()
        states = optimizer.state_dict()
        for array in (theta, states["m"], states["v"]):
            assert array.min() == array.max(), "every element has had as many steps"
        assert states["step"] > steps - 1
        # With a gradient of 1 every step of Adam is of lr, but for eps = 1e-8 and roundings.
        np.testing.assert_allclose(theta[0], 1 - 0.25 * states["step"], rtol=1e-4, atol=1e-6)


def test_handlers_run_in_the_order_of_their_signals_once_it_is_over(handle: Any) -> None:
    told: list[int] = []
    for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGALRM, signal.SIGHUP):
        handle(number, lambda number, _: told.append(number))
    came = [signal.SIGALRM, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGUSR1]
    with Held():
        for number in came:
            signal.raise_signal(number)
        assert told == []
    assert told == came


def test_what_a_handler_raises_keeps_no_other_from_its_signal(handle: Any) -> None:
    told: list[str] = []

    def leave(*_: Any) -> None:
        told.append("term")
        raise SystemExit(3)

    handle(signal.SIGTERM, leave)
    handle(signal.SIGINT, signal.default_int_handler)
    handle(signal.SIGUSR1, lambda *_: told.append("usr1"))
    with pytest.raises(KeyboardInterrupt) as raised, Held():  # noqa: PT012
        for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
            signal.raise_signal(number)
        told.append("whole")
    assert told == ["whole", "term", "usr1"]
    assert isinstance(raised.value.__context__, SystemExit)
    assert signal.getsignal(signal.SIGTERM) is leave


def test_within_another_it_waits_for_that(handle: Any) -> None:
    told: list[int] = []
    handle(signal.SIGUSR1, lambda *_: told.append(1))
    with Held():
        with Held():
            signal.raise_signal(signal.SIGUSR1)
        assert told == []
    assert told == [1]


def test_handlers_that_are_not_of_python_stay(handle: Any) -> None:
    handle(signal.SIGUSR1, signal.SIG_IGN)
    handle(signal.SIGUSR2, signal.SIG_DFL)
    with Held():
        assert signal.getsignal(signal.SIGUSR1) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGUSR2) is signal.SIG_DFL


def test_a_handler_set_meanwhile_stays(handle: Any) -> None:
    def other(*_: Any) -> None: ...

    handle(signal.SIGUSR1, lambda *_: None)
    with Held():
        signal.signal(signal.SIGUSR1, other)
    assert signal.getsignal(signal.SIGUSR1) is other


def test_a_signal_is_told_to_the_wakeup_descriptor_once(handle: Any) -> None:
    """That is how asyncio hears of signals."""
    handle(signal.SIGUSR1, lambda *_: None)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer)
    try:
        with Held():
            signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.set_wakeup_fd(before)
        os.close(writer)
    assert os.read(reader, 9) == bytes([signal.SIGUSR1])
    os.close(reader)


def test_a_handler_that_loads_before_the_change_is_not_undone_by_it(
    handle: Any, at_lines: Any
) -> None:
    """At the first lines of a step, which then starts from what was loaded."""
    saved = SGD(lr=1.0, momentum=0.5)
    saved.update(np.ones(2), np.full(2, 8.0))
    theta, optimizer = np.zeros(2), SGD(lr=1.0, momentum=0.5)
    optimizer.update(theta, np.ones(2))
    handle(signal.SIGUSR1, lambda *_: optimizer.load_state_dict(saved.state_dict()))

    def load(line: int) -> None:
        if line == 30:
            signal.raise_signal(signal.SIGUSR1)

    at_lines(lambda: optimizer.update(theta, np.ones(2)), load)
    np.testing.assert_array_equal(optimizer.state_dict()["b"], [5, 5])  # 8/2 + 1
    np.testing.assert_array_equal(theta, [-6, -6])


@pytest.mark.parametrize("how", ["raise", "warn", "call"])
def test_floating_point_errors_are_told_once_the_step_is_taken(
    how: Any, recwarn: pytest.WarningsRecorder
) -> None:
    called: list[str] = []
    theta = [np.full(3, 3e38, np.float32), np.ones(3, np.float32)]
    grads = [np.full(3, -3e38, np.float32), np.ones(3, np.float32)]
    optimizer = SGD(lr=1.0, engine="numpy")
    with np.errstate(all="ignore", over=how, call=lambda kind, _: called.append(kind)):
        if how == "raise":
            with pytest.raises(FloatingPointError, match="overflow"):
                optimizer.update(theta, grads)
        else:
            optimizer.update(theta, grads)
    assert called == (["overflow"] if how == "call" else [])
    assert [str(w.message)[:8] for w in recwarn] == (["overflow"] if how == "warn" else [])
    np.testing.assert_array_equal(theta, [[np.inf] * 3, [0] * 3])
    assert optimizer.step == 1
