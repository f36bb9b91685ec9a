"""Hooks and profilers see the steps of torch's optimizers, and these."""

from typing import Any

import pytest
import torch
from steprule.torch import SGD
from torch import Tensor, optim
from torch.optim.optimizer import (
    register_optimizer_step_post_hook,
    register_optimizer_step_pre_hook,
)


class Twice(SGD):
    """A user's own, which does something beside the step."""

    def step(self, closure: Any = None, **inputs: Any) -> Any:
        super().step()
        return super().step(closure, **inputs)


class TwiceOfTorch(optim.SGD):
    def step(self, closure: Any = None) -> Any:
        super().step()
        return super().step(closure)


def _loss() -> float:
    return 1.0


def _param() -> Tensor:
    param = torch.nn.Parameter(torch.zeros(1))
    param.grad = torch.ones(1)
    return param


def _seen(kind: Any, *, every: bool) -> list[Any]:
    """What hooks before and after are handed, and the parameter then; and what it is at last."""
    param = _param()
    optimizer = kind([param], lr=1.0)
    found: list[Any] = []

    def before(self: Any, args: Any, kwargs: Any) -> None:
        found.append(("before", param.item(), len(args), kwargs))

    def after(self: Any, args: Any, kwargs: Any) -> None:
        found.append(("after", param.item(), len(args), kwargs))

    optimizer.step()
    if every:
        hooks = [
            register_optimizer_step_pre_hook(before),
            register_optimizer_step_post_hook(after),
        ]
    else:
        hooks = [
            optimizer.register_step_pre_hook(before),
            optimizer.register_step_post_hook(after),
        ]
    optimizer.step(closure=_loss)
    for hook in hooks:
        hook.remove()
    optimizer.step()
    return [*found, param.item()]


@pytest.mark.parametrize("every", [False, True], ids=["of one", "of all"])
@pytest.mark.parametrize("kinds", [(SGD, optim.SGD), (Twice, TwiceOfTorch)], ids=["", "subclass"])
def test_hooks_are_called_as_those_of_torch(kinds: tuple[Any, Any], every: bool) -> None:
    for kind in (SGD, optim.SGD):  # whose first one torch wraps the step for
        kind([_param()], lr=1.0)
    ours, theirs = (_seen(kind, every=every) for kind in kinds)
    assert ours == theirs
    assert "before" in [each[0] for each in ours[:-1]]


def test_a_hook_gives_a_step_other_arguments() -> None:
    param = _param()
    optimizer = SGD([param], lr=1.0)
    optimizer.register_step_pre_hook(lambda self, args, kwargs: (args, {"closure": lambda: 7.0}))
    assert optimizer.step() == 7.0


@pytest.mark.parametrize("kind", [SGD, Twice])
def test_a_profiler_is_told_of_the_step(kind: Any) -> None:
    optimizer = kind([_param()], lr=1.0)
    optimizer.step()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profiler:
        optimizer.step()
    names = [event.key for event in profiler.key_averages()]
    assert f"Optimizer.step#{kind.__name__}.step" in names
