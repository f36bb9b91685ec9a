"""Checkpoints of torch's schedulers go both ways, and what is restored around them is kept."""

import io
from typing import Any

import pytest
import torch
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.oracle import arguments
from steprule.torch import lr_scheduler as ours
from torch.optim import SGD, Adam, Optimizer

from .test_lr_scheduler_peer import build, theirs

PEERS = {name: s for name, s in builtin_schedules().items() if s.peer}
MORE = 12
"""Steps that both go on for after the checkpoint."""

CHANGED: dict[str, dict[str, Any]] = {
    "StepLR": {"step_size": 2, "gamma": 0.7},
    "MultiStepLR": {"milestones": [1], "gamma": 0.9},
    "ConstantLR": {"factor": 1.0},
    "LinearLR": {"start_factor": 1.0},
    "ExponentialLR": {"gamma": 0.5},
    "PolynomialLR": {"total_iters": 3},
    "CosineAnnealingLR": {"T_max": 3},
    "CosineAnnealingWarmRestarts": {"T_0": 2},
    "CyclicLR": {"base_lr": 0.2, "max_lr": 0.3, "base_momentum": 0.1, "max_momentum": 0.2},
    "OneCycleLR": {"max_lr": 0.3, "total_steps": 200, "base_momentum": 0.1, "div_factor": 5},
    "SWALR": {"swa_lr": 0.05, "anneal_epochs": 3, "anneal_strategy": "linear"},
    "ReduceLROnPlateau": {"factor": 0.1, "patience": 0, "min_lr": 0.05},
}
"""Arguments that the checkpoint has to replace. Functions, and what a composition is made of,
have to be given again, there as here."""


def make(optimizer: type[Optimizer]) -> Optimizer:
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in (0.1, 0.4)]
    how = {"betas": (0.7, 0.9)} if optimizer is Adam else {"momentum": 0.7}
    return optimizer(groups, **how)  # pyright: ignore[reportCallIssue]


def settings(optimizer: Optimizer) -> list[float]:
    found: list[float] = []
    for g in optimizer.param_groups:
        found += [g["lr"], g["betas"][0] if "betas" in g else g["momentum"]]
    return found


def go(scheduler: Any, steps: int) -> list[list[float]]:
    seen = [settings(scheduler.optimizer)]
    for at in range(steps):
        scheduler.optimizer.step()
        scheduler.step(*((at % 3,) if isinstance(scheduler, theirs.ReduceLROnPlateau) else ()))
        seen.append(settings(scheduler.optimizer))
    return seen


def saved(state: Any) -> Any:
    """A state as it comes back from a file of plain values."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize(("source", "target"), [(ours, theirs), (theirs, ours), (ours, ours)])
@pytest.mark.parametrize(("optimizer", "changed"), [(SGD, True), (Adam, False)])
def test_both_ways(name: str, source: Any, target: Any, optimizer: Any, changed: bool) -> None:
    bound = arguments.example(PEERS[name])
    for stop in (0, 1, 7, bound.schedule.span // 2):
        scheduler = build(source, bound, make(optimizer))
        go(scheduler, stop)
        again = make(optimizer)
        how = CHANGED.get(name) if changed else None
        resumed = getattr(target, name)(again, **how) if how else build(target, bound, again)
        again.load_state_dict(saved(scheduler.optimizer.state_dict()))
        resumed.load_state_dict(saved(scheduler.state_dict()))
        # One rounding of torch's a step, of values of at most one.
        tolerance = bound.schedule.span * 4 * torch.finfo(torch.float64).eps
        for here, there in zip(go(scheduler, MORE), go(resumed, MORE), strict=True):
            assert there == pytest.approx(here, rel=0, abs=tolerance)
        if name != "ChainedScheduler":  # whose last_epoch is in its parts, in torch
            assert resumed.last_epoch == scheduler.last_epoch
        assert resumed.get_last_lr() == pytest.approx(scheduler.get_last_lr(), rel=0, abs=tolerance)
