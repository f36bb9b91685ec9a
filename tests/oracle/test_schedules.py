"""Each schedule at steps worked out by hand; roots and cosines where they are rational."""

import math
from fractions import Fraction
from typing import Any

import pytest
from flint import fmpq
from steprule.codegen.analysis import analyse
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.oracle.arguments import Bound, bound
from steprule.codegen.oracle.exact import INFINITY, exact, same
from steprule.codegen.oracle.schedules import after, holds, initial, momentum, rate
from steprule.codegen.oracle.sequences import ExactFunction
from steprule.specs.language.schedule import Sample
from sympy import Lambda, Rational, Symbol

from .worked_schedules import IRRATIONAL, WORKED

_k = Symbol("k", integer=True)

# Powers of two and small whole numbers: the floats are the numbers written here.
CONSTANT = {"lr": "8", "factor": "1/4", "total_iters": "2"}
HALVING = {"lr": "8", "gamma": "1/2"}

RATES: list[tuple[str, dict[str, Any], dict[int, str]]] = [
    (
        "StepLR",
        {"lr": "8", "step_size": "3", "gamma": "1/2"},
        {0: "8", 2: "8", 3: "4", 8: "2", 9: "1"},
    ),
    (
        "MultiStepLR",
        {"lr": "8", "milestones": ("2", "2", "5"), "gamma": "1/2"},
        {0: "8", 1: "8", 2: "2", 4: "2", 5: "1", 99: "1"},
    ),
    ("MultiStepLR", {"lr": "8", "milestones": (), "gamma": "1/2"}, {0: "8", 10**6: "8"}),
    (
        "PiecewiseConstantLR",
        {"milestones": ("2", "5"), "values": ("1", "4", "2")},
        {0: "1", 1: "1", 2: "4", 4: "4", 5: "2", 6: "2"},
    ),
    ("ConstantLR", CONSTANT, {0: "2", 1: "2", 2: "8", 3: "8"}),
    ("ConstantLR", CONSTANT | {"total_iters": "0"}, {0: "8"}),
    (
        "LinearLR",
        {"lr": "8", "start_factor": "1/4", "end_factor": "1", "total_iters": "3"},
        {0: "2", 1: "4", 2: "6", 3: "8", 4: "8"},
    ),
    ("ExponentialLR", HALVING, {0: "8", 1: "4", 5: "1/4", 70: "1/147573952589676412928"}),
    ("ExponentialLR", HALVING | {"decay_steps": "4"}, {0: "8", 4: "4", 12: "1"}),
    (
        "PolynomialLR",
        {"lr": "8", "total_iters": "4", "power": "2"},
        {0: "8", 1: "9/2", 2: "2", 3: "1/2", 4: "0", 5: "0"},
    ),
    ("InverseTimeLR", {"lr": "8", "decay": "1/2"}, {0: "8", 1: "16/3", 2: "4", 6: "2"}),
    (
        "PowerLR",
        {"lr": "8", "decay_steps": "2", "power": "2"},
        {0: "8", 1: "32/9", 2: "2", 6: "1/2"},
    ),
    # timescale is 4: after the warm-up, 8*sqrt(4/(4 + step - 4)).
    (
        "InverseSqrtLR",
        {"lr": "8", "warmup_steps": "4"},
        {0: "0", 1: "2", 4: "8", 9: "16/3", 16: "4"},
    ),
    # And 1 without a warm-up: 8*sqrt(1/(1 + step)).
    ("InverseSqrtLR", {"lr": "8", "warmup_steps": "0"}, {0: "8", 3: "4", 8: "8/3"}),
    # cos(0), cos(pi/3), cos(pi/2), cos(2*pi/3), cos(pi) are 1, 1/2, 0, -1/2, -1.
    (
        "CosineAnnealingLR",
        {"lr": "9", "T_max": "6", "eta_min": "1"},
        {0: "9", 2: "7", 3: "5", 4: "3", 6: "1", 8: "3", 12: "9"},
    ),
    (
        "CosineAnnealingLR",
        {"lr": "9", "T_max": "6", "eta_min": "1", "clamp": True},
        {2: "7", 6: "1", 7: "1", 12: "1"},
    ),
    # Cycles of 2, 4 and 8 steps: from 0, 2 and 6.
    (
        "CosineAnnealingWarmRestarts",
        {"lr": "9", "T_0": "2", "T_mult": "2", "eta_min": "1"},
        {0: "9", 1: "5", 2: "9", 4: "5", 6: "9", 10: "5", 14: "9"},
    ),
    (
        "CosineAnnealingWarmRestarts",
        {"lr": "9", "T_0": "6", "eta_min": "1"},
        {0: "9", 2: "7", 3: "5", 4: "3", 6: "9", 8: "7", 600_003: "5"},
    ),
    (
        "CyclicLR",
        {"base_lr": "1", "max_lr": "5", "step_size_up": "2", "step_size_down": "4"},
        {0: "1", 1: "3", 2: "5", 3: "4", 5: "2", 6: "1", 8: "5"},
    ),
    (
        "CyclicLR",
        {"base_lr": "1", "max_lr": "5", "step_size_up": "2", "mode": "triangular2"},
        {0: "1", 2: "5", 4: "1", 6: "3", 10: "2"},
    ),
    (
        "CyclicLR",
        {"base_lr": "1", "max_lr": "5", "step_size_up": "2", "mode": "exp_range", "gamma": "1/2"},
        {1: "2", 2: "2", 3: "5/4", 6: "17/16"},
    ),
    # From 8/4 to 8 by step 0.5*8 - 1 = 3, and by step 7 to 2/8.
    (
        "OneCycleLR",
        {
            "max_lr": "8",
            "total_steps": "8",
            "pct_start": "1/2",
            "div_factor": "4",
            "final_div_factor": "8",
            "anneal_strategy": "linear",
        },
        {0: "2", 1: "4", 3: "8", 5: "33/8", 7: "1/4", 8: "1/4", 100: "1/4"},
    ),
    # Up by step 2, back by step 4, and by step 11 to the last.
    (
        "OneCycleLR",
        {
            "max_lr": "8",
            "epochs": "3",
            "steps_per_epoch": "4",
            "pct_start": "1/4",
            "div_factor": "4",
            "final_div_factor": "8",
            "anneal_strategy": "linear",
            "three_phase": True,
        },
        {0: "2", 1: "5", 2: "8", 3: "5", 4: "2", 11: "1/4"},
    ),
    ("LambdaLR", {"lr": "8", "lr_lambda": Lambda(_k, Rational(1, 2) + _k)}, {0: "4", 3: "28"}),
    # 1/2 * 2/2 * 3/2 * 4/2
    ("MultiplicativeLR", {"lr": "8", "lr_lambda": Lambda(_k, _k / 2)}, {0: "8", 1: "4", 4: "12"}),
    (
        "WarmupStableDecayLR",
        {
            "lr": "8",
            "warmup_steps": "2",
            "stable_steps": "3",
            "decay_steps": "4",
            "min_factor": "1/4",
        },
        {0: "0", 1: "4", 2: "8", 5: "8", 7: "5", 9: "2", 10: "2"},
    ),
    (
        "WarmupStableDecayLR",
        {
            "lr": "8",
            "warmup_steps": "0",
            "stable_steps": "0",
            "decay_steps": "4",
            "decay_type": "sqrt",
        },
        {0: "8", 1: "4", 4: "0"},
    ),
    (
        "WarmupStableDecayLR",
        {
            "lr": "8",
            "warmup_steps": "0",
            "stable_steps": "0",
            "decay_steps": "4",
            "decay_type": "linear",
        },
        {0: "8", 1: "6", 3: "2", 4: "0"},
    ),
]

COMPOSED: list[tuple[str, dict[str, Any], dict[int, str]]] = [
    (
        "SequentialLR",
        {
            "schedulers": (("ConstantLR", CONSTANT), ("ExponentialLR", HALVING)),
            "milestones": ("3",),
        },
        {0: "2", 2: "8", 3: "8", 4: "4"},
    ),
    (
        "ChainedScheduler",
        {"schedulers": (("ConstantLR", CONSTANT), ("ExponentialLR", HALVING))},
        {0: "2", 1: "1", 2: "2", 3: "1"},
    ),
    (
        "LinearWarmupLR",
        {"scheduler": ("ExponentialLR", HALVING), "warmup_steps": "4", "start_factor": "1/2"},
        {0: "4", 2: "6", 4: "8", 5: "4"},
    ),
]


def made(name: str, arguments: dict[str, Any]) -> Bound:
    return bound(
        analyse(builtin_schedules()[name]), {k: _exemplar(v) for k, v in arguments.items()}
    )


def _exemplar(value: Any) -> Any:
    match value:
        case (str() as name, dict() as arguments):
            return Sample(builtin_schedules()[name], arguments)
        case tuple():
            return tuple(map(_exemplar, value))
    return value


@pytest.mark.parametrize(("name", "arguments", "expected"), [*RATES, *COMPOSED, *WORKED])
def test_rates(name: str, arguments: dict[str, Any], expected: dict[int, str]) -> None:
    schedule = made(name, arguments)
    for step, value in expected.items():
        assert same(rate(schedule, step), exact(Fraction(value))), step


def test_every_schedule_is_worked_out() -> None:
    worked = {name for name, *_ in (*RATES, *COMPOSED, *WORKED)} | IRRATIONAL
    assert worked | {n for n, s in builtin_schedules().items() if s.states} == {
        *builtin_schedules()
    }


def test_warm_ups_by_the_exponential() -> None:
    arguments = {"scheduler": ("ExponentialLR", HALVING)}
    slow = made("ExponentialWarmupLR", arguments | {"time_constant": "2"})
    untuned = made("UntunedExponentialWarmupLR", arguments | {"beta2": "1/2"})
    for schedule in (slow, untuned):
        for step in (0, 1, 5):
            # The double next to it, of a value known to as many digits.
            found = float(rate(schedule, step))  # pyright: ignore[reportArgumentType]
            expected = (1 - math.exp(-(step + 1) / 2)) * 8 * 0.5**step
            assert found == pytest.approx(expected, rel=1e-15)


def test_half_lives_grow_by_equal_steps() -> None:
    """From 0.5, a half-life of 1 step, to 0.5**(1/3), one of 3 steps."""
    schedule = made(
        "HalfLifeLR",
        {"total_steps": "4", "beta_start": "1/2", "beta_end": str(Fraction(0.5 ** (1 / 3)))},
    )
    for step, half_life in enumerate((1, 1.5, 2, 2.5, 3, 3)):
        found = float(rate(schedule, step))  # pyright: ignore[reportArgumentType]
        assert found == pytest.approx(0.5 ** (1 / half_life), rel=1e-14)


def test_radams_factor() -> None:
    """At t = 10 with beta2 = 3/4: rho = 7 - 20*q/(1 - q), where q = (3/4)**10."""
    schedule = made("RAdamWarmupLR", {"scheduler": ("ExponentialLR", HALVING), "beta2": "3/4"})
    rho = 7 - 20 * 0.75**10 / (1 - 0.75**10)
    factor = math.sqrt((rho - 4) * (rho - 2) * 7 / ((7 - 4) * (7 - 2) * rho))
    found = float(rate(schedule, 5))  # pyright: ignore[reportArgumentType]
    assert found == pytest.approx(8 * 0.5**5 * factor, rel=1e-14)


def test_momenta() -> None:
    cyclic = {
        "base_lr": "1",
        "max_lr": "5",
        "step_size_up": "2",
        "max_momentum": "3/4",
        "base_momentum": "1/2",
    }
    schedule = made("CyclicLR", cyclic)
    assert [momentum(schedule, step) for step in range(5)] == [
        exact(x) for x in ("3/4", "5/8", "1/2", "5/8", "3/4")
    ]
    assert momentum(made("CyclicLR", cyclic | {"cycle_momentum": False}), 1) is None
    one_cycle = {"max_lr": "8", "total_steps": "8", "pct_start": "1/2", "anneal_strategy": "linear"}
    momenta = {"max_momentum": "3/4", "base_momentum": "0"}
    schedule = made("OneCycleLR", one_cycle | momenta)
    assert [momentum(schedule, step) for step in (0, 1, 3, 5, 7)] == [
        exact(x) for x in ("3/4", "1/2", "0", "3/8", "3/4")
    ]
    chain = {"schedulers": (("CyclicLR", cyclic), ("ExponentialLR", HALVING))}
    assert momentum(made("ChainedScheduler", chain), 1) == fmpq(5, 8)
    warmup = {"scheduler": ("CyclicLR", cyclic), "warmup_steps": "2"}
    assert [momentum(made("LinearWarmupLR", warmup), step) for step in (1, 3)] == [
        fmpq(3, 4),
        fmpq(5, 8),
    ]
    assert momentum(made("ExponentialLR", HALVING), 1) is None


def followed(arguments: dict[str, Any], metrics: list[float]) -> list[tuple[Any, ...]]:
    schedule = made("ReduceLROnPlateau", arguments)
    states = initial(schedule)
    found = []
    for metric in metrics:
        states = after(schedule, states, metric)
        found.append(tuple(states[name] for name in ("best", "bad", "wait", "eta")))
    return found


def test_a_plateau() -> None:
    arguments = {"lr": "8", "factor": "1/2", "patience": "1", "threshold": "1/4", "cooldown": "2"}
    assert initial(made("ReduceLROnPlateau", arguments))["best"] == INFINITY
    # 3 is not below 4 - 1; 2 is. Two failures in a row are one too many; the next two are free.
    assert followed(arguments, [4, 3, 2, 2, 2, 5, 5, 5, 5, 1]) == [
        (4, 0, 0, 8),
        (4, 1, 0, 8),
        (2, 0, 0, 8),
        (2, 1, 0, 8),
        (2, 0, 2, 4),
        (2, 0, 1, 4),
        (2, 0, 0, 4),
        (2, 1, 0, 4),
        (2, 0, 2, 2),
        (1, 0, 1, 2),
    ]


def test_a_plateau_of_a_metric_that_should_rise() -> None:
    arguments = {"lr": "8", "mode": "max", "factor": "1/4", "patience": "0", "threshold": "1"}
    absolute = arguments | {"threshold_mode": "abs", "min_lr": "1"}
    # From 1 it takes more than 2; the rate goes from 8 to 2, then to the lowest.
    assert [eta for *_, eta in followed(absolute, [1, 2, 2.5, 3, 3.75])] == [8, 2, 2, 1, 1]
    # A reduction from 2 to 1 is not larger than an eps of 1.
    assert [eta for *_, eta in followed(absolute | {"eps": "1"}, [1, 2, 2])] == [8, 2, 2]


def test_constraints() -> None:
    rates = {"base_lr": "1", "max_lr": "5"}
    assert holds(made("CyclicLR", rates))
    assert not holds(made("CyclicLR", rates | {"max_lr": "1/2"}))
    assert not holds(made("PiecewiseConstantLR", {"milestones": ("1",), "values": ("1",)}))


def test_a_product_over_many_steps() -> None:
    half = ExactFunction(lambda k: 1 + 1 / 2**20)
    assert half.product(2000) == fmpq(2**20 + 1, 2**20) ** 2000
