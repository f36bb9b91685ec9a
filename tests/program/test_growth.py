"""The factor of a schedule between two steps, in a form that keeps its range."""

from dataclasses import replace
from fractions import Fraction

import pytest
from flint import fmpq
from steprule.codegen.loading.load import builtin_schedules
from steprule.codegen.oracle.sequences import ExactFunction
from steprule.codegen.program import operations as ops
from steprule.codegen.program.check import RewriteError
from steprule.codegen.program.evaluate import value_of
from steprule.codegen.program.forms import PYTHON, Language, Printer
from steprule.codegen.program.growth import check_growth, growth
from steprule.codegen.program.nodes import Constant, apply
from steprule.specs.language import Update, eta, lr, step
from steprule.specs.schedules.decays import exponential_lr
from steprule.specs.schedules.functions import multiplicative_lr
from steprule.specs.schedules.steps import multi_step_lr, step_lr

MULTIPLY = {"ExponentialLR", "MultiStepLR", "MultiplicativeLR", "StepLR"}


@pytest.mark.parametrize("name", builtin_schedules())
def test_powers_and_products_have_one(name: str) -> None:
    assert (growth(builtin_schedules()[name]) is not None) == (name in MULTIPLY)


@pytest.mark.parametrize(
    ("schedule", "given", "earlier", "at", "expected"),
    [
        (exponential_lr, {"gamma": fmpq(1, 2), "decay_steps": 2}, 3, 7, fmpq(1, 4)),
        (exponential_lr, {"gamma": fmpq(0), "decay_steps": 1}, 5, 5, 1),
        (exponential_lr, {"gamma": fmpq(0), "decay_steps": 1}, 5, 6, 0),
        (step_lr, {"gamma": fmpq(1, 10), "step_size": 3}, 3, 5, 1),
        (step_lr, {"gamma": fmpq(1, 10), "step_size": 3}, 5, 9, fmpq(1, 100)),
        (
            multi_step_lr,
            {"gamma": fmpq(1, 3), "milestones": (fmpq(2), fmpq(2), fmpq(5))},
            1,
            4,
            fmpq(1, 9),
        ),
        (multiplicative_lr, {"lr_lambda": ExactFunction(lambda k: fmpq(k - 2))}, 2, 5, 6),
    ],
)
def test_values(schedule: object, given: dict, earlier: int, at: int, expected: object) -> None:
    factor = growth(schedule)  # pyright: ignore[reportArgumentType]
    assert factor is not None
    steps = {"earlier": fmpq(earlier), "step": fmpq(at)}
    exact = {k: fmpq(x) if isinstance(x, int) else x for k, x in given.items()}
    assert value_of(factor, exact | steps) == expected


def test_far_out_the_steps_are_subtracted_before_they_are_divided() -> None:
    factor = growth(exponential_lr)
    assert factor is not None
    assert (
        Printer(Language("Python", PYTHON))(factor) == "gamma ** ((step - earlier) / decay_steps)"
    )


def test_a_sum_has_none() -> None:
    both = replace(step_lr, updates=[Update(eta[step], lr * step_lr.updates[0].value / lr + lr)])
    assert growth(both) is None


def test_a_factor_that_is_not_the_quotient_is_refused() -> None:
    factor = growth(step_lr)
    assert factor is not None
    wrong = apply(ops.MUL, factor, Constant(Fraction(2)))
    with pytest.raises(RewriteError, match=r"StepLR: .* is not the factor from step"):
        check_growth(step_lr, wrong)
