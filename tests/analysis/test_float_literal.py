"""Rule float: numbers are exact."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    Hyper,
    Interval,
    State,
    Update,
    grad,
    hyperparameters,
    states,
    t,
    theta,
)
from sympy import Rational

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
STEP = Update(theta[t], theta[t - 1] - lr * m[t])


def updates(factor):
    return [Update(m[t], factor * beta * m[t - 1] + grad(theta[t - 1])), STEP]


def test_rational(momentum):
    assert analyse(momentum(updates=updates(Rational("0.1"))))


def test_float_in_an_equation(momentum, refused):
    spec = momentum(updates=updates(0.1))
    refused(spec, "float", "m[t] = ", "0.1 is a float", 'Rational("0.1")')


def test_float_in_an_exponent(momentum, refused):
    refused(momentum(updates=updates((1 + beta) ** -0.5)), "float", "-0.5 is a float")


def test_float_as_initial_value(momentum, refused):
    spec = momentum(states=[State(m, init=0.5, key="m")])
    refused(spec, "float", "init of state m", 'Rational("0.5")')


def test_float_in_a_domain(momentum, refused):
    hyper = [Hyper(lr, "0", Interval(low=-0.5), ""), Hyper(beta, "0", Interval(), "")]
    refused(momentum(hyper=hyper), "float", "hyperparameter lr", 'Fraction("-0.5")')
