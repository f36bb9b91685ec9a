"""Learning-rate schedules over steps: how they are called, kept, refused, and what they promise."""

import copy
import math
import pickle
import re
from dataclasses import FrozenInstanceError, fields
from typing import Any

import numpy as np
import pytest
import steprule.numpy
import steprule.numpy.schedules as schedules
from hypothesis import given
from hypothesis import strategies as st
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.oracle.arguments import Bound, example
from steprule.specs.language import Choice, Function, Hyper, Numbers, Option, Schedules

from ..sample import can_stand_still, optimizers, takes_any_shape
from ..sample import schedules as sampled

NAN, INF = math.nan, math.inf

ALL = sampled()
STEPPED = sampled(lambda schedule: not schedule.states)

# A product and a quotient of the same numbers may round apart: four ulp.
CLOSE = 4 * 2.0**-52


def arguments(name: str) -> dict[str, Any]:
    return _given(example(builtin_schedules()[name]))


def _given(bound: Bound) -> dict[str, Any]:
    return {n: _made(v) for n, v in bound.arguments.items() if v is not None}


def _made(value: Any) -> Any:
    if isinstance(value, Bound):
        return getattr(schedules, value.schedule.name)(**_given(value))
    return [_made(v) for v in value] if isinstance(value, tuple) else value


def made(name: str, **others: Any) -> Any:
    return getattr(schedules, name)(**(arguments(name) | others))


@pytest.mark.parametrize("name", STEPPED.params())
def test_one_step_or_many(name: str) -> None:
    schedule = made(name)
    steps = np.array([[0, 1, 7], [50, 7, 10_000]])
    rates = schedule(steps)
    assert rates.dtype == np.float64
    assert rates.tolist() == [[schedule(int(s)) for s in row] for row in steps]
    assert type(schedule(7)) is float
    assert schedule(np.int32(7)) == schedule(7.0) == schedule(7)
    assert schedule([0, 7]).tolist() == schedule((0, 7)).tolist() == [schedule(0), schedule(7)]
    assert schedule(range(3)).shape == (3,)
    assert schedule([]).shape == (0,)
    assert schedule(np.zeros((2, 0), int)).shape == (2, 0)
    other = schedule.rate(steps, lr=0.25)
    assert other.dtype == np.float64
    assert other.tolist() == [[schedule.rate(int(s), lr=0.25) for s in row] for row in steps]


@pytest.mark.parametrize(
    "bad", [-1, 0.5, NAN, INF, True, "3", None, [0, -1], [[0.5]], [True], ["3"]]
)
@pytest.mark.parametrize("name", STEPPED.params())
def test_steps_that_are_none(name: str, bad: Any) -> None:
    schedule = made(name)
    with pytest.raises(ValueError, match="step must be a whole number of at least 0"):
        schedule(bad)
    with pytest.raises(ValueError, match="step must be a whole number of at least 0"):
        schedule.rate(bad, lr=0.25)
    if not isinstance(bad, list):
        with pytest.raises(ValueError, match="step must be a whole number"):
            schedule.momentum(bad)


@pytest.mark.parametrize("name", ALL.params())
def test_schedules_drive_optimizers(name: str) -> None:
    """An optimizer asks for the rate of step 0 first, and takes the same steps as with numbers."""
    drive = made(name)
    moved = 0
    for optimizer in optimizers(lambda spec: takes_any_shape(spec) and can_stand_still(spec)):
        cls = getattr(steprule.numpy, optimizer)
        theta, expected = np.ones(3), np.ones(3)
        driven, told = cls(lr=drive), cls()
        for step in range(4):
            driven.update(theta, np.array([0.5, -1.0, 2.0]))
            told.lr = drive(step)
            told.update(expected, np.array([0.5, -1.0, 2.0]))
        assert theta.tolist() == expected.tolist()
        moved += not np.array_equal(theta, np.ones(3))
    assert moved


@pytest.mark.parametrize("name", STEPPED.params())
def test_kept_as_they_are(name: str) -> None:
    given_ = arguments(name)
    schedule = made(name)
    before = schedule(np.arange(30)).tolist()
    for field in fields(schedule):
        with pytest.raises(FrozenInstanceError):
            setattr(schedule, field.name, None)
    for value in given_.values():
        if isinstance(value, list):
            value.clear()
    assert schedule(np.arange(30)).tolist() == before
    assert schedule == copy.deepcopy(schedule)
    assert hash(schedule) == hash(copy.copy(schedule))
    first = fields(schedule)[0].name
    assert f"{first}=" in repr(schedule)
    assert repr(schedule).startswith(f"{name}(")


@pytest.mark.parametrize(
    "name", STEPPED.params(n for n in STEPPED if n not in ("LambdaLR", "MultiplicativeLR"))
)
def test_pickling(name: str) -> None:
    schedule = made(name)
    again = pickle.loads(pickle.dumps(schedule))
    assert again == schedule
    assert again(np.arange(200)).tolist() == schedule(np.arange(200)).tolist()
    assert eval(repr(schedule), vars(schedules) | {"inf": INF}) == schedule


def halved(step: int) -> float:
    return 0.5 if step % 2 else 1.0


@pytest.mark.parametrize("name", ["LambdaLR", "MultiplicativeLR"])
def test_pickling_with_a_function(name: str) -> None:
    schedule = made(name, lr_lambda=halved)
    schedule(9)
    again = pickle.loads(pickle.dumps(schedule))
    assert again == schedule
    assert again(11) == schedule(11)


def test_schedules_that_differ() -> None:
    assert schedules.StepLR(0.1, 30) == schedules.StepLR(0.1, 30, gamma=0.1)
    assert schedules.StepLR(0.1, 30) != schedules.StepLR(0.1, 31)
    assert schedules.ExponentialLR(0.1, 0.5) != schedules.InverseTimeLR(0.1, 0.5)


def test_a_curve_from_another_rate() -> None:
    halving = schedules.StepLR(0.1, step_size=2, gamma=0.5)
    assert halving.rate(np.arange(5)).tolist() == [0.1, 0.1, 0.05, 0.05, 0.025]
    assert halving.rate(np.arange(5), lr=8).tolist() == [8, 8, 4, 4, 2]


def test_a_factor_is_evaluated_once() -> None:
    asked: list[int] = []

    def factor(step: int) -> float:
        asked.append(step)
        return 0.5

    schedule = schedules.MultiplicativeLR(8.0, factor)
    assert schedule([0, 3, 1, 5, 5]).tolist() == [8.0, 1.0, 4.0, 0.25, 0.25]
    assert asked == [1, 2, 3, 4, 5]


def test_momenta() -> None:
    cyclic = schedules.CyclicLR(1, 5, 2, base_momentum=0.5, max_momentum=0.75)
    assert [cyclic.momentum(s) for s in range(5)] == [0.75, 0.625, 0.5, 0.625, 0.75]
    assert schedules.CyclicLR(1, 5, 2, cycle_momentum=False).momentum(1) is None
    decay = schedules.ExponentialLR(1, 0.5)
    assert decay.momentum(3) is None
    assert schedules.SequentialLR([decay, cyclic], [3]).momentum(2) is None
    assert schedules.SequentialLR([decay, cyclic], [3]).momentum(4) == 0.625
    assert schedules.ChainedScheduler([cyclic, decay]).momentum(1) == 0.625
    assert schedules.LinearWarmupLR(cyclic, 4).momentum(3) == 0.75
    assert schedules.LinearWarmupLR(cyclic, 4).momentum(5) == 0.625


def test_a_plateau() -> None:
    plateau = schedules.ReduceLROnPlateau(8.0, factor=0.5, patience=1, threshold=0.25, cooldown=2)
    rates = [plateau.step(metric) for metric in (4, 3, 2, 2, np.float32(2), 5, 5, 5, 5, 1, INF)]
    # 3 is not below 4 - 4/4, 2 is; two failures in a row are one too many, the next two are free.
    assert rates == [8, 8, 8, 8, 4, 4, 4, 4, 2, 2, 2]
    assert plateau() == plateau(1000) == plateau.current_lr == 2
    kept = plateau.state_dict()
    assert kept == {"best": 1, "num_bad_epochs": 0, "cooldown_counter": 0, "current_lr": 2}
    other = schedules.ReduceLROnPlateau(8.0, factor=0.5, patience=1, threshold=0.25, cooldown=2)
    other.load_state_dict(kept)
    later = (2, 2, 2, 2, 2, 2, 0.5)
    assert [other.step(m) for m in later] == [plateau.step(m) for m in later]
    assert pickle.loads(pickle.dumps(plateau)).state_dict() == plateau.state_dict()
    assert plateau != copy.copy(plateau)


@pytest.mark.parametrize("bad", [NAN, "0.5", True, None, np.ones(2), np.array([True])])
def test_metrics_that_are_none(bad: Any) -> None:
    plateau = schedules.ReduceLROnPlateau(1.0)
    plateau.step(3.0)
    before = plateau.state_dict()
    with pytest.raises(ValueError, match="metric must be a number, got"):
        plateau.step(bad)
    for state in ({}, before | {"odd": 1.0}, before | {"best": NAN}, before | {"current_lr": "1"}):
        with pytest.raises(ValueError, match=r"the state |must be a number"):
            plateau.load_state_dict(state)
    assert plateau.state_dict() == before
    with pytest.raises(ValueError, match=r"^the state has odd, which ReduceLROnPlateau does not"):
        plateau.load_state_dict(before | {"odd": 1.0})
    with pytest.raises(ValueError, match=r"^the state lacks best, "):
        plateau.load_state_dict({})


def test_arrays_of_one_are_numbers_or_refused() -> None:
    one = np.array([0.5])
    for schedule in (
        schedules.LambdaLR(0.1, lambda step: one),
        schedules.MultiplicativeLR(0.1, lambda step: one),
    ):
        assert type(schedule(1)) is float
        assert schedule(1) == 0.05
    assert schedules.StepLR(0.1, step_size=3).rate(2, lr=one) == 0.5
    plateau = schedules.ReduceLROnPlateau(0.1)
    assert type(plateau.step(np.array([2.0]))) is float
    assert type(plateau.state_dict()["best"]) is float
    with pytest.raises(ValueError, match=r"^lr must be a number of at least 0, got array"):
        schedules.StepLR(one, step_size=3)
    with pytest.raises(ValueError, match=r"^the learning rate at step 2 must be a number, got arr"):
        schedules.LambdaLR(0.1, lambda step: np.ones(2))(2)
    for none in (np.ones(2), np.ones(0), np.array([True]), np.True_, np.array(["1"]), True, "1"):
        with pytest.raises(ValueError, match=r"^lr must be a number, got "):
            schedules.StepLR(0.1, step_size=3).rate(2, lr=none)


@pytest.mark.filterwarnings("error")
def test_a_rate_in_float32_does_not_warn() -> None:
    assert schedules.StepLR(np.float32(0.5), step_size=3)(1) == 0.5


def refused(argument: Any) -> list[Any]:
    """Values no schedule can accept, by the kind of argument."""
    match argument:
        case Option():
            return [None, "True", 1]
        case Choice():
            return [None, "other", 1, True]
        case Function():
            return [3, "f"]
        case Numbers():
            step = [-1, 0.5] if argument.is_whole else [-1]
            lists = [[x] for x in (*step, NAN, INF, "3", True, None)]
            return [*lists, 3, None, "3", *([[5, 3]] if argument.increasing else [])]
        case Schedules():
            bad = [3, None, "StepLR", made("ReduceLROnPlateau")]
            return [*bad, [], *([b] for b in bad)] if argument.many else bad
        case Hyper():
            low, high = argument.domain.low, argument.domain.high
            outside = [] if low is None else [float(low) - 1e-9, -INF]
            outside += [] if high is None else [float(high) + 1e-9]
            outside += [float(low)] if low is not None and argument.domain.low_open else []
            outside += [float(high)] if high is not None and argument.domain.high_open else []
            fractions = [2.5] if argument.is_whole else []
            nothing = [None] if argument.is_required else []
            return [*outside, *fractions, *nothing, NAN, INF, "0.1", True, 10**400, [0.1]]
    return []


@pytest.mark.parametrize("name", ALL.params())
def test_arguments_that_are_refused(name: str) -> None:
    made(name)
    for argument in builtin_schedules()[name].hyper:
        for bad in refused(argument):
            with pytest.raises(ValueError, match=f"{argument.name} must be "):
                made(name, **{argument.name: bad})


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        (
            "MultiStepLR",
            {"milestones": [5, 3]},
            "milestones must be a list of whole numbers of at least 0, none below the one before "
            "it, got (5, 3)",
        ),
        ("MultiStepLR", {"milestones": 3}, "milestones must be a list, got 3"),
        (
            "SequentialLR",
            {"schedulers": []},
            "schedulers must be a list of schedules of this package, at least one, got ()",
        ),
        ("StepLR", {"gamma": -1}, "gamma must be a number of at least 0, got -1"),
        ("OneCycleLR", {"pct_start": 2}, "pct_start must be a number from 0 to 1, got 2"),
        (
            "OneCycleLR",
            {"epochs": 0},
            "epochs must be a whole number of at least 1, or None, got 0",
        ),
        (
            "CyclicLR",
            {"base_lr": 0.2, "max_lr": 0.1},
            "base_lr must not be above max_lr, got base_lr = 0.2 and max_lr = 0.1",
        ),
        (
            "PiecewiseConstantLR",
            {"milestones": [3], "values": [1.0]},
            "values must have one entry more than milestones, got 1 in milestones and 1 in values",
        ),
    ],
)
def test_what_is_allowed_and_what_was_given_are_said(name, given, said) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        made(name, **given)


def test_arguments_that_are_refused_together() -> None:
    with pytest.raises(ValueError, match="total_steps is missing; give it, or epochs"):
        schedules.OneCycleLR(0.1, epochs=3)
    with pytest.raises(ValueError, match="base_lr must not be above max_lr"):
        schedules.CyclicLR(0.2, 0.1)
    with pytest.raises(ValueError, match="base_momentum must not be above max_momentum"):
        schedules.OneCycleLR(0.1, 10, base_momentum=0.9, max_momentum=0.8)
    with pytest.raises(ValueError, match="values must have one entry more than milestones"):
        schedules.PiecewiseConstantLR([1, 2], [0.1, 0.2])
    with pytest.raises(ValueError, match="schedulers must have one entry more than milestones"):
        schedules.SequentialLR([made("StepLR")], [3])
    for name, spec in builtin_schedules().items():
        if any(getattr(argument, "default", None) is None for argument in spec.hyper):
            with pytest.raises(TypeError, match="missing"):
                getattr(schedules, name)()


# What schedules promise, for any arguments.

rates = st.floats(1e-6, 10)
counts = st.integers(1, 60)
factors = st.floats(0, 1)
STEPS = np.arange(150)


def curve(schedule: Any) -> Any:
    values = schedule(STEPS)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    return values


def between(values: Any, low: float, high: float) -> None:
    assert values.min() >= low - CLOSE * high
    assert values.max() <= high * (1 + CLOSE)


DECAYS = st.one_of(
    st.builds(schedules.StepLR, rates, counts, factors),
    st.builds(schedules.MultiStepLR, rates, st.lists(counts).map(sorted), factors),
    st.builds(schedules.ExponentialLR, rates, factors, decay_steps=st.floats(0.5, 100)),
    st.builds(schedules.PolynomialLR, rates, counts, st.floats(0, 5)),
    st.builds(schedules.InverseTimeLR, rates, factors),
    st.builds(schedules.PowerLR, rates, st.floats(0.5, 100), st.floats(0, 5)),
    st.builds(schedules.InverseSqrtLR, rates, st.just(0), st.floats(0.5, 100)),
    st.builds(schedules.CosineAnnealingLR, rates, st.floats(1, 100), clamp=st.just(True)),
    st.builds(schedules.LinearLR, rates, st.just(1.0), factors, counts),
    st.builds(
        schedules.WarmupStableDecayLR,
        *(rates, st.just(0), counts, counts, factors),
        st.sampled_from(["cosine", "linear", "sqrt"]),
    ),
)


@given(DECAYS)
def test_decays_fall(schedule: Any) -> None:
    values = curve(schedule)
    assert values[0] == pytest.approx(schedule.lr, rel=CLOSE)
    assert (np.diff(values) <= CLOSE * schedule.lr).all()


@given(rates, rates, counts, st.integers(1, 3))
def test_restarts(lr: float, eta_min: float, first: int, growth: int) -> None:
    values = curve(schedules.CosineAnnealingWarmRestarts(lr, first, growth, eta_min))
    between(values, min(lr, eta_min), max(lr, eta_min))
    start, length = 0, first
    while start < len(STEPS):
        cycle = schedules.CosineAnnealingLR(lr, length, eta_min)(np.arange(length))
        part = values[start : start + length]
        assert part.tolist() == cycle[: len(part)].tolist()
        start, length = start + length, length * growth


@given(
    rates, rates, st.floats(1, 40), st.floats(1, 40), st.sampled_from(["triangular", "triangular2"])
)
def test_cycles(a: float, b: float, up: float, down: float, mode: Any) -> None:
    low, high = sorted((a, b))
    schedule = schedules.CyclicLR(low, high, up, down, mode)
    values = curve(schedule)
    between(values, low, high)
    # One step goes at most the way of one step on the steeper side.
    assert np.abs(np.diff(values)).max() <= (high - low) / min(up, down) * (1 + 1e-9) + CLOSE * high
    momenta = np.array([schedule.momentum(int(s)) for s in STEPS])
    between(momenta, 0.8, 0.9)
    if mode == "triangular" and up.is_integer() and down.is_integer():
        length = int(up + down)
        assert values[length:].tolist() == values[:-length].tolist()


@given(counts, counts)
def test_cycles_of_whole_steps_repeat(up: int, down: int) -> None:
    values = curve(schedules.CyclicLR(0.1, 0.7, up, down))
    assert values[up + down :].tolist() == values[: -(up + down)].tolist()


@given(rates, st.integers(2, 120), factors, st.sampled_from(["cos", "linear"]), st.booleans())
def test_one_cycle(high: float, total: int, share: float, strategy: Any, three: bool) -> None:
    schedule = schedules.OneCycleLR(
        high, total, pct_start=share, anneal_strategy=strategy, three_phase=three
    )
    values = curve(schedule)
    between(values, high / 25 / 1e4, high)
    assert (values[total - 1 :] == values[total - 1]).all()
    up = share * total - 1
    lengths = [up, *([up] if three else []), total - 1 - up * (2 if three else 1)]
    if min(lengths) >= 1:
        # Half a cosine is pi/2 times as steep as a line at its steepest.
        assert np.abs(np.diff(values)).max() <= high * math.pi / 2 / min(lengths) * (1 + 1e-9)
        assert values[0] == pytest.approx(high / 25, rel=CLOSE)


@given(rates, counts, counts, counts, factors)
def test_warm_up_and_decay_meet(lr: float, up: int, stay: int, down: int, low: float) -> None:
    schedule = schedules.WarmupStableDecayLR(lr, up, stay, down, low)
    values = curve(schedule)
    between(values, 0, lr)
    steepest = max(1 / up, math.pi / 2 / down)
    assert np.abs(np.diff(values)).max() <= lr * steepest * (1 + 1e-9)
    assert (values[up : up + stay] == pytest.approx(lr, rel=CLOSE)) if stay else True


inner = st.one_of(
    DECAYS,
    st.builds(schedules.LambdaLR, rates, st.just(halved)),
    st.builds(schedules.CyclicLR, st.just(0.1), st.just(0.5), counts),
)


@given(inner, counts, factors)
def test_a_warm_up_delays(schedule: Any, steps: int, start: float) -> None:
    values = curve(schedules.LinearWarmupLR(schedule, steps, start))
    assert values[steps:].tolist() == schedule(STEPS[: len(STEPS) - steps]).tolist()
    assert values[0] == pytest.approx(start * schedule(0), rel=CLOSE)
    assert (np.diff(values[: steps + 1]) >= -CLOSE * schedule(0)).all()


@given(st.lists(inner, min_size=1, max_size=4), st.data())
def test_a_sequence_is_its_pieces(pieces: list[Any], data: Any) -> None:
    at = sorted(data.draw(st.lists(counts, min_size=len(pieces) - 1, max_size=len(pieces) - 1)))
    values = curve(schedules.SequentialLR(pieces, at))
    for piece, start, end in zip(pieces, [0, *at], [*at, len(STEPS)], strict=True):
        assert values[start:end].tolist() == piece(np.arange(end - start)).tolist()


@given(rates, factors, counts, factors.filter(bool), counts, factors)
def test_a_chain_of_factors_is_their_product(
    lr: float, a: float, first: int, b: float, second: int, gamma: float
) -> None:
    chain = schedules.ChainedScheduler(
        [
            schedules.ConstantLR(lr, a, first),
            schedules.LinearLR(1.0, b, 1.0, second),
            schedules.ExponentialLR(1.0, gamma),
        ]
    )
    parts = [
        schedules.ConstantLR(1.0, a, first),
        schedules.LinearLR(1.0, b, 1.0, second),
        schedules.ExponentialLR(1.0, gamma),
    ]
    expected = lr * np.prod([part(STEPS) for part in parts], axis=0)
    # Nothing below the smallest normal number is known to a relative error.
    np.testing.assert_allclose(curve(chain), expected, rtol=CLOSE, atol=1e-300)
