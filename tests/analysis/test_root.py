"""Rule root: no root of what can be negative, no logarithm of what can be zero."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    NON_NEGATIVE,
    REAL,
    Hyper,
    State,
    Update,
    grad,
    hyperparameters,
    norm,
    states,
    t,
    theta,
)
from sympy import Abs, Max, Piecewise, Rational, log, sqrt

lr, power = hyperparameters("lr power")
(v,) = states("v")
g = grad(theta[t - 1])
POWER = Hyper(power, "0.5", NON_NEGATIVE, "power")


@pytest.mark.parametrize(
    "value",
    [
        sqrt(Abs(g)),
        sqrt(g**2 + g**4),
        sqrt(Max(g - norm(g), 0)),
        Abs(g) ** Rational(3, 4),
        g**3 + g**t,
        log(1 + Abs(g)),
        Piecewise((sqrt(g), g >= 0), (g, True)),
        Piecewise((log(g), g > 0), (g, True)),
        Piecewise((g, g < 0), (sqrt(g), True)),
        sqrt(t - 1) * g,
    ],
)
def test_guarded(step, value):
    assert analyse(step(value))


@pytest.mark.parametrize(
    ("value", "problem", "remedy"),
    [
        (
            sqrt(g),
            "grad(theta[t-1]), of which the root is taken, can be negative",
            "Max(grad(theta[t-1]), 0)",
        ),
        (sqrt(Abs(g) - 1), "ranges over [-1, oo)", "Max("),
        (g ** Rational(1, 3), "the root is taken, can be negative", "Max("),
        (sqrt(t - 2) * g, "ranges over [-1, oo)", "Max("),
        (log(Abs(g)), "the logarithm is taken, can be 0 or less", "Add a positive term"),
        (log(g), "can be 0 or less", "Add a positive term"),
        (
            Piecewise((sqrt(g), g <= 0), (g, True)),
            "can be negative: it ranges over (-oo, 0]",
            "Max(",
        ),
    ],
)
def test_unguarded(step, refused, value, problem, remedy):
    refused(step(value), "root", "theta[t] = ", problem, remedy)


def test_power_of_a_hyperparameter(step, refused):
    assert analyse(step(Abs(g) ** power, hyper=[POWER]))
    refused(step(g**power, hyper=[POWER]), "root", "can be negative")


@pytest.mark.parametrize("domain", [NON_NEGATIVE, REAL])
def test_state(step, refused, domain):
    updates = [
        Update(v[t], v[t - 1] + g**2),
        Update(theta[t], theta[t - 1] - lr * sqrt(v[t])),
    ]
    spec = step(g, states=[State(v, 0, "v", domain=domain)], updates=updates)
    if domain is NON_NEGATIVE:
        assert analyse(spec)
    else:
        refused(spec, "root", "v[t], of which the root is taken", "narrow the domain of what")
