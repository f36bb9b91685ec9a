"""What is refused: each bad argument by name, before anything of the optimizer has changed."""

import copy
import inspect
import math
from typing import Any

import pytest
import torch
from steprule.codegen.oracle import arguments
from steprule.codegen.oracle.arguments import Bound
from steprule.specs.language import Choice, Function, Hyper, Numbers, Option, Schedules
from steprule.torch import lr_scheduler
from torch.optim import SGD, Adagrad, Optimizer
from torch.optim import lr_scheduler as torchs

from ..sample import schedule_declarations

SCHEDULES = schedule_declarations()


def sgd(groups: int = 2) -> SGD:
    params = [{"params": [torch.nn.Parameter(torch.zeros(1))]} for _ in range(groups)]
    return SGD(params, 0.1, 0.7)


def values(bound: Bound, optimizer: Optimizer) -> dict[str, Any]:
    def made(value: Any) -> Any:
        if isinstance(value, tuple):
            return [made(x) for x in value]
        if isinstance(value, Bound):
            return make(value.schedule.name, optimizer=optimizer, **values(value, optimizer))
        return value

    given = bound.arguments.items()
    return {name: made(x) for name, x in given if name != "lr" and x is not None}


def make(name: str, **how: Any) -> Any:
    return getattr(lr_scheduler, name)(**how)


def example(name: str, optimizer: Optimizer) -> dict[str, Any]:
    return values(arguments.example(SCHEDULES[name]), optimizer)


def photograph(optimizer: Optimizer) -> Any:
    return copy.deepcopy(optimizer.state_dict()), vars(optimizer).get("step")


def outside(argument: Any) -> list[Any]:
    """Values an argument cannot have."""
    match argument:
        case Hyper():
            bad: list[Any] = ["1", [], math.nan, math.inf, True, 1j]
            low, high = argument.domain.low, argument.domain.high
            bad += [-1] if low is not None else []
            bad += [float(high) + 1] if high is not None else []
            bad += [2.5] if argument.is_whole else []
            bad += [[0.1, 0.2, 0.3], [0.1, "0.2"]] if argument.per_group else []
            return bad
        case Numbers():
            return [5, "12", [1, "2"], [-1, 2], *([[3, 2]] if argument.increasing else [])]
        case Choice():
            return ["neither", 1, None]
        case Function():
            return [3, "cos", *([[math.cos] * 3] if argument.per_group else [])]
        case Schedules():
            return [None, 3, [], "step", math.cos]
    assert isinstance(argument, Option)
    return []


BAD = [
    pytest.param(name, h.name, value, id=f"{name}-{h.name}={value!r}", marks=SCHEDULES.marks(name))
    for name, schedule in SCHEDULES.items()
    for h in schedule.hyper
    if h.name != "lr"
    for value in outside(h)
]


@pytest.mark.parametrize(("name", "argument", "value"), BAD)
def test_a_value_outside_the_domain(name: str, argument: str, value: Any) -> None:
    optimizer = sgd()
    good = example(name, optimizer)
    before = photograph(optimizer)
    with pytest.raises(ValueError, match=rf"\b{argument}\b"):
        make(name, optimizer=optimizer, **good | {argument: value})
    assert photograph(optimizer) == before


@pytest.mark.parametrize("name", SCHEDULES.params())
def test_no_optimizer(name: str) -> None:
    parameters = inspect.signature(getattr(lr_scheduler, name)).parameters
    if parameters["optimizer"].default is inspect.Parameter.empty:
        with pytest.raises(TypeError, match="str is not an Optimizer"):
            make(name, **example(name, sgd()) | {"optimizer": "sgd"})


@pytest.mark.parametrize(
    "name", SCHEDULES.params(n for n, s in SCHEDULES.items() if not s.takes_metric)
)
def test_steps_there_are_not(name: str) -> None:
    optimizer = sgd()
    good = example(name, optimizer)
    before = photograph(optimizer)
    for last_epoch in (-2, 0.5, "3", None, True):
        with pytest.raises(ValueError, match="last_epoch must be a whole number of at least -1"):
            make(name, optimizer=optimizer, **good, last_epoch=last_epoch)
    assert photograph(optimizer) == before
    scheduler = make(name, optimizer=optimizer, **good)
    before = photograph(optimizer)
    for epoch in (-1, -0.5, math.nan, math.inf, "3"):
        with pytest.raises(ValueError, match="epoch must be a number of at least 0, got "):
            scheduler.step(epoch)
    assert (photograph(optimizer)[0], scheduler.last_epoch) == (before[0], 0)


def test_a_resumed_run_needs_the_rate_it_began_with() -> None:
    with pytest.raises(KeyError, match="initial_lr"):
        lr_scheduler.StepLR(sgd(), 3, last_epoch=5)


@pytest.mark.parametrize(
    ("name", "how", "message"),
    [
        (
            "MultiStepLR",
            {"milestones": [5, 3]},
            r"milestones must be a list of whole numbers of at least 0, none below the one before "
            r"it, got \[5, 3\]$",
        ),
        ("StepLR", {"step_size": 3, "gamma": -1}, "gamma must be a number of at least 0, got -1$"),
        (
            "OneCycleLR",
            {"max_lr": 1, "total_steps": 9, "pct_start": 2},
            "a number from 0 to 1, got",
        ),
        (
            "SequentialLR",
            {"schedulers": [], "milestones": []},
            r"a list of at least one scheduler, got \[\]$",
        ),
        (
            "PiecewiseConstantLR",
            {"milestones": [3], "values": [1]},
            "more than milestones, got 1 in milestones and 1 in values$",
        ),
        (
            "CyclicLR",
            {"base_lr": [0.1, 0.3], "max_lr": 0.2},
            "above max_lr, got base_lr = 0.3 and max_lr = 0.2$",
        ),
        ("CyclicLR", {"base_lr": [0.1], "max_lr": 0.2}, "base_lr must be one value, or 2"),
        ("LambdaLR", {"lr_lambda": [math.cos]}, "lr_lambda must be one value, or 2"),
        ("OneCycleLR", {"max_lr": 1}, "total_steps is missing; give it, or epochs and"),
        ("OneCycleLR", {"max_lr": 1, "epochs": 3}, "total_steps is missing"),
        ("ReduceLROnPlateau", {"min_lr": [0.1]}, "min_lr must be one value, or 2"),
    ],
)
def test_arguments_that_do_not_fit_together(name: str, how: dict[str, Any], message: str) -> None:
    optimizer = sgd()
    before = photograph(optimizer)
    with pytest.raises(ValueError, match=message):
        make(name, optimizer=optimizer, **how)
    assert photograph(optimizer) == before


def test_the_momentum_of_an_optimizer_without() -> None:
    optimizer = Adagrad([torch.nn.Parameter(torch.zeros(1))])
    before = photograph(optimizer)
    for name, how in (("CyclicLR", {"base_lr": 0.1, "max_lr": 1}), ("OneCycleLR", {"max_lr": 1})):
        more: dict[str, Any] = {"total_steps": 5} if name == "OneCycleLR" else {}
        with pytest.raises(ValueError, match="neither momentum nor betas"):
            make(name, optimizer=optimizer, **how, **more)
        assert photograph(optimizer) == before
        make(name, optimizer=copy.deepcopy(optimizer), **how, **more, cycle_momentum=False)


@pytest.mark.parametrize("name", SCHEDULES.params(n for n, s in SCHEDULES.items() if s.composes))
@pytest.mark.parametrize(
    ("part", "message"),
    [
        (lambda o: torchs.StepLR(o, 3), "got a StepLR of another: use the class of that name"),
        (torchs.ReduceLROnPlateau, "which follows a metric: step it on its own"),
        (lr_scheduler.ReduceLROnPlateau, "which follows a metric: step it on its own"),
        (lambda o: lr_scheduler.StepLR(sgd(), 3), "StepLR for another optimizer: make it for"),
    ],
)
def test_what_a_composition_is_not_made_of(name: str, part: Any, message: str) -> None:
    optimizer = sgd()
    good = example(name, optimizer)
    stranger = part(optimizer)
    (argument,) = (h for h in SCHEDULES[name].hyper if isinstance(h, Schedules))
    present = good[argument.name]
    wrong = [present[0], stranger, *present[2:]] if argument.many else stranger
    before = photograph(optimizer)
    with pytest.raises(ValueError, match=message):
        make(name, **{"optimizer": optimizer, **good, argument.name: wrong})
    assert photograph(optimizer) == before


def test_states_that_do_not_fit() -> None:
    optimizer = sgd()
    scheduler = lr_scheduler.StepLR(optimizer, 3)
    state = scheduler.state_dict()
    before = photograph(optimizer)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({k: x for k, x in state.items() if k != "last_epoch"}, "no last_epoch"),
        ({k: x for k, x in state.items() if k != "base_lrs"}, "no base_lrs"),
        (state | {"base_lrs": [0.1]}, "a state of 1 groups"),
        (state | {"gamma": -1}, "gamma must be a number"),
    ]
    for bad, message in wrong:
        with pytest.raises(ValueError, match=message):
            scheduler.load_state_dict(bad)
        assert (photograph(optimizer)[0], scheduler.state_dict()) == (before[0], state)
    scheduler.load_state_dict(state | {"something else": 3})

    plateau = lr_scheduler.ReduceLROnPlateau(optimizer)
    state = plateau.state_dict()
    for bad, message in [
        ({k: x for k, x in state.items() if k != "best"}, "no best"),
        (state | {"_last_lr": [0.1]}, "a state of 1 groups"),
        (state | {"mode": "neither"}, "mode must be"),
    ]:
        with pytest.raises(ValueError, match=message):
            plateau.load_state_dict(bad)
        assert plateau.state_dict() == state

    parts = [lr_scheduler.StepLR(optimizer, 3), lr_scheduler.StepLR(optimizer, 5)]
    chain = lr_scheduler.ChainedScheduler(parts)
    state = lr_scheduler.ChainedScheduler(parts[:1]).state_dict()
    with pytest.raises(ValueError, match="a state of 1 schedulers, not of 2"):
        chain.load_state_dict(state)
