"""Rule condition: flags are conditions, numbers are not."""

from dataclasses import replace

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    REAL,
    Constraint,
    Hyper,
    Option,
    flags,
    grad,
    hyperparameters,
    t,
    theta,
)
from sympy import And, Eq, Ne, Not, Piecewise, true

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
