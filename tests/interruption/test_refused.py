"""A step that is refused has changed nothing, and the next goes on as if it had not been."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.torch
import torch
from steprule.numpy import _states as of_numpy
from steprule.torch._fitting import require_beside

WAYS: dict[str, dict[str, bool]] = {
    "foreach": {"foreach": True},
    "loop": {"foreach": False},
    "capturable": {"capturable": True},
    "fused": {"fused": True},
}


class Groups:
    """Two groups of two parameters each."""

    def __init__(self, way: str, **arguments: Any) -> None:
        generator = torch.Generator().manual_seed(1)
        self.params = [torch.randn(3, 2, generator=generator) for _ in range(4)]
        for p in self.params:
            p.grad = torch.randn(3, 2, generator=generator)
        groups = [{"params": self.params[:2]}, {"params": self.params[2:]}]
        self.optimizer = steprule.torch.NAdam(groups, **WAYS[way], **arguments)

    @property
    def last(self) -> dict[str, Any]:
        return self.optimizer.state[self.params[-1]]

    def seen(self) -> Any:
        states = self.optimizer.state
        return copy.deepcopy(([*self.params], [dict(states.get(p, {})) for p in self.params]))


def refuse_at(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, at: int) -> None:
    """There is no memory for what is made at a call."""
    make, calls = getattr(module, name), [0]

    def made(*args: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == at:
            raise MemoryError
        return make(*args, **named)

    monkeypatch.setattr(module, name, made)


def raising(*_: Any) -> Any:
    raise LookupError("a user's own")


def set_state(key: str, value: Any) -> Callable[[Groups, pytest.MonkeyPatch], None]:
    return lambda trained, patch: patch.setitem(trained.last, key, value)


def sparse_gradient(trained: Groups, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(trained.params[-1], "grad", torch.ones(3, 2).to_sparse())


TORCH: dict[str, tuple[type[Exception], Callable[[Groups, pytest.MonkeyPatch], None]]] = {
    "sparse": (RuntimeError, sparse_gradient),
    "shape": (ValueError, set_state("exp_avg", torch.zeros(2, 3))),
    "broadcast": (ValueError, set_state("exp_avg_sq", torch.zeros(3, 1))),
    "dtype": (ValueError, set_state("exp_avg", torch.zeros(3, 2, dtype=torch.int32))),
    "complex": (ValueError, set_state("exp_avg", torch.zeros(3, 2, dtype=torch.complex64))),
    "device": (ValueError, set_state("exp_avg", torch.zeros(3, 2, device="meta"))),
    "number": (ValueError, set_state("exp_avg", 0.0)),
    "pre-hook": (LookupError, lambda t, p: t.optimizer.register_step_pre_hook(raising) and None),
}


def check_torch(
    trained: Groups, expected: Groups, error: type[Exception], patch: Callable[[Any], None]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patch(patched)
        old = trained.seen()
        with pytest.raises(error):
            trained.optimizer.step()
        torch.testing.assert_close(trained.seen(), old, rtol=0, atol=0)
    trained.optimizer._optimizer_step_pre_hooks.clear()
    for _ in range(2):
        trained.optimizer.step()
        expected.optimizer.step()
    torch.testing.assert_close(trained.seen(), expected.seen(), rtol=0, atol=0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", TORCH)
def test_a_refused_step_of_torch(way: str, what: str) -> None:
    error, patch = TORCH[what]
    trained, expected = Groups(way), Groups(way)
    for each in (trained, expected):
        each.optimizer.step()
    check_torch(trained, expected, error, lambda patched: patch(trained, patched))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", [1, 4, 7])
def test_want_of_memory_for_a_state_of_torch(way: str, at: int) -> None:
    """Of the eight tensors that two groups of two make."""
    check_torch(
        Groups(way),
        Groups(way),
        MemoryError,
        lambda patched: refuse_at(patched, torch, "full_like", at),
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_norm_of_torch_that_is_infinite(way: str) -> None:
    """In the second of two groups."""
    limits: dict[str, Any] = {"clipnorm": 1.0, "error_if_nonfinite": True}
    trained, expected = Groups(way, **limits), Groups(way, **limits)
    grad = torch.full((3, 2), torch.inf)
    check_torch(
        trained,
        expected,
        RuntimeError,
        lambda patched: patched.setattr(trained.params[-1], "grad", grad),
    )


@pytest.mark.parametrize("way", ["foreach", "loop", "fused"])
def test_a_hyperparameter_beyond_the_range_of_parameters(way: str) -> None:
    """Which torch's functions refuse in the middle of a step."""
    trained, expected = Groups(way), Groups(way)
    check_torch(
        trained,
        expected,
        ValueError,
        lambda patched: patched.setitem(trained.optimizer.param_groups[1], "weight_decay", 1e39),
    )


def test_a_gradient_elsewhere_than_its_parameter() -> None:
    """Which torch lets nobody set on the CPU."""
    with pytest.raises(RuntimeError, match="is on cpu, and its gradient on meta"):
        require_beside([torch.ones(2)], [torch.ones(2, device="meta")])


class Arrays:
    """Two arrays, and an optimizer of them."""

    def __init__(self, engine: Any) -> None:
        rng = np.random.default_rng(1)
        self.params = {name: rng.standard_normal((3, 2)) for name in "ab"}
        self.grads = {name: rng.standard_normal((3, 2)) for name in "ab"}
        self.optimizer = steprule.numpy.NAdam(engine=engine, clipnorm=1.0, error_if_nonfinite=True)

    def step(self) -> None:
        self.optimizer.update(self.params, self.grads)

    def seen(self) -> Any:
        return copy.deepcopy((self.params, self.optimizer.state_dict()))


NUMPY: dict[str, tuple[type[Exception], Callable[[Arrays, pytest.MonkeyPatch], None]]] = {
    "gradient's shape": (ValueError, lambda t, p: p.setitem(t.grads, "b", np.ones((2, 3)))),
    "gradient's dtype": (ValueError, lambda t, p: p.setitem(t.grads, "b", np.ones((3, 2), "f4"))),
    "read-only": (ValueError, lambda t, p: p.setitem(t.params, "b", frozen())),
    "infinite norm": (RuntimeError, lambda t, p: p.setitem(t.grads, "b", np.full((3, 2), np.inf))),
    "rate": (LookupError, lambda t, p: p.setattr(t.optimizer, "lr", raising)),
    "negative rate": (ValueError, lambda t, p: p.setattr(t.optimizer, "lr", lambda _: -1.0)),
    "engine": (ValueError, lambda t, p: p.setattr(t.optimizer, "engine", "none")),
}


def frozen() -> Any:
    array = np.ones((3, 2))
    array.flags.writeable = False
    return array


def check_numpy(
    engine: str, steps: int, error: type[Exception], patch: Callable[[Arrays, Any], None]
) -> None:
    trained, expected = Arrays(engine), Arrays(engine)
    for each in (trained, expected):
        for _ in range(steps):
            each.step()
    with pytest.MonkeyPatch.context() as patched:
        patch(trained, patched)
        old = trained.seen()
        with pytest.raises(error):
            trained.step()
        np.testing.assert_equal(trained.seen(), old)
    for _ in range(2):
        trained.step()
        expected.step()
    np.testing.assert_equal(trained.seen(), expected.seen())


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("steps", [0, 1])
@pytest.mark.parametrize("what", NUMPY)
def test_a_refused_step_of_numpy(engine: str, steps: int, what: str) -> None:
    check_numpy(engine, steps, *NUMPY[what])


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("at", [1, 4])
def test_want_of_memory_for_a_state_of_numpy(engine: str, at: int) -> None:
    check_numpy(
        engine, 0, MemoryError, lambda _, patched: refuse_at(patched, of_numpy, "full_like", at)
    )
