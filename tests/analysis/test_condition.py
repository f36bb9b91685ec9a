"""Rule condition: flags are conditions, numbers are not."""

from dataclasses import replace

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.analysis.cases import SHAPE, Case
from steprule.specs.language import (
    REAL,
    Constraint,
    Hyper,
    Option,
    cols,
    flags,
    grad,
    hyperparameters,
    numel,
    rows,
    t,
    theta,
)
from sympy import And, Eq, Ne, Not, Piecewise, Rational, erf, exp, log, sin, sqrt, true

(mu,) = hyperparameters("mu")
(flip,) = flags("flip")
g = grad(theta[t - 1])
HYPER = [Hyper(mu, "0", REAL, ""), Option(flip, "flip the sign")]


def test_flags_and_comparisons(step):
    value = Piecewise((-g, And(flip, Ne(mu, 0))), (2 * g, Not(flip)), (3 * g, g > 0), (g, True))
    assert analyse(step(value, hyper=HYPER))


def test_option_as_number(step, refused):
    value = Piecewise((mu * g, flip), (g, True)) + flip * g
    refused(step(value, hyper=HYPER), "condition", "option flip is used as a number", "(..., flip)")


def test_option_compared(step, refused):
    value = Piecewise((mu * g, Eq(flip, 1)), (g, True))
    refused(step(value, hyper=HYPER), "condition", "option flip is used as a number")


def test_number_as_condition(step, refused):
    value = Piecewise((mu * g, mu), (-g, flip), (g, True))
    refused(step(value, hyper=HYPER), "condition", "number mu is used as a condition", "Ne(mu, 0)")


def test_truth_as_value(momentum, refused):
    spec = momentum()
    update = replace(spec.updates[0], value=true)
    refused(momentum(updates=[update, spec.updates[1]]), "condition", "a number is expected")


def test_declarations(momentum, refused):
    (beta,) = hyperparameters("beta")
    (state,) = momentum().states
    refused(
        momentum(states=[replace(state, when=beta)]), "condition", "when of state m", "Ne(beta, 0)"
    )
    refused(momentum(constraints=[Constraint(beta, "beta")]), "condition", "constraint 'beta'")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (sqrt(numel) > Rational(244, 100), True),  # the root of 6 is 2.449...
        (sqrt(numel) > Rational(245, 100), False),
        (Eq(sqrt(numel), Rational(2449489742783178, 10**15)), False),
        (sin(rows) < Rational(9093, 10000), True),  # the sine of 2 is 0.90929...
        (log(rows / cols) < 0, True),
        (erf(24 * rows) > Rational(1, 2), True),  # 1, but for less than a float tells
        (exp(-numel) > 0, True),
    ],
)
def test_comparisons_of_functions_of_lengths(step, condition, holds):
    spec = step(Piecewise((g, condition), (2 * g, True)))
    assert analyse(spec)
    assert Case(spec, {SHAPE: (2, 3)}).decide(condition) is holds
