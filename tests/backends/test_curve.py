"""The curves of schedules, from the code generated for them in memory."""

import sys

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.backends.latex.curve import curve, observed
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.program.compiled import CompiledSchedule
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Sample,
    Schedule,
    Schedules,
    SpecError,
    Update,
    eta,
    hyperparameters,
    lr,
    mu,
    rate_of,
    step,
)
from sympy import exp

(a,) = hyperparameters("a")
BUILTIN = builtin_schedules()


def _own(update: Update, **example: str) -> Schedule:
    return Schedule(
        "Own",
        summary="A schedule nobody has installed.",
        source="none",
        hyper=[Hyper(a, "", NON_NEGATIVE, "a number")],
        updates=[update],
        example=example,
        span=4,
    )


def test_a_schedule_that_is_installed_nowhere_is_drawn() -> None:
    own = _own(Update(eta[step], lr + a * step), lr="1", a="0.5")
    assert curve(CompiledSchedule(analyse(own))).rates == (1.0, 1.5, 2.0, 2.5)


def test_so_is_one_made_of_it() -> None:
    own = _own(Update(eta[step], lr + a * step), lr="1", a="0.5")
    outer = Schedule(
        "Outer",
        summary="Twice another one.",
        source="none",
        hyper=[Schedules(a, "the other one")],
        updates=[Update(eta[step], 2 * rate_of(a, step, lr))],
        example={"a": Sample(own, {"lr": "3", "a": "1"})},
        span=3,
    )
    assert curve(CompiledSchedule(analyse(outer))).rates == (6.0, 8.0, 10.0)


def test_nothing_of_it_stays_imported() -> None:
    before = set(sys.modules)
    curve(CompiledSchedule(analyse(BUILTIN["SequentialLR"])))
    assert {name for name in set(sys.modules) - before if "drawn" in name} == set()


def test_momentum_is_there_where_it_is_set() -> None:
    assert curve(CompiledSchedule(analyse(BUILTIN["OneCycleLR"]))).momenta[:1] == (0.95,)
    assert set(curve(CompiledSchedule(analyse(BUILTIN["StepLR"]))).momenta) == {None}
    own = _own(Update(eta[step], lr + a * step), lr="1", a="0.5")
    both = Schedule(
        "Both",
        summary="Rate and momentum.",
        source="none",
        hyper=own.hyper,
        updates=[*own.updates, Update(mu[step], a * step)],
        example=own.example,
        span=3,
    )
    assert curve(CompiledSchedule(analyse(both))).momenta == (0.0, 0.5, 1.0)


def test_a_metric_is_observed_from_step_1_on() -> None:
    drawn = curve(CompiledSchedule(analyse(BUILTIN["ReduceLROnPlateau"])))
    # Flat from step 40 on: five steps are let pass, the sixth after it halves the rate.
    assert [observed(k) for k in (1, 2, 39, 40, 41)] == [1, 1 / 2, 1 / 39, 1 / 40, 1 / 40]
    assert drawn.rates[:46] == (0.1,) * 46
    assert drawn.rates[46:53] == (0.05,) * 6 + (0.025,)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        (_own(Update(eta[step], lr * exp(a * step)), lr="1", a="1000"), "math range error"),
        (_own(Update(eta[step], lr * a**step), lr="1e300", a="1e300"), "math range error"),
        (_own(Update(eta[step], lr * a * (1 + step)), lr="1e200", a="1e200"), "at step 0 is inf"),
    ],
    ids=["exp", "power", "inf"],
)
def test_an_example_that_cannot_be_drawn_is_a_fault_of_the_spec(
    spec: Schedule, problem: str
) -> None:
    with pytest.raises(SpecError, match=rf"^\[example\] Own: example: .*{problem}"):
        curve(CompiledSchedule(analyse(spec)))
