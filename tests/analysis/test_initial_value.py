"""Rule uninitialised: what the first step reads has a value."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import State, Update, grad, hyperparameters, states, t, theta
from sympy import Eq, Mod, Ne, Piecewise, floor

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
g = grad(theta[t - 1])
UNSET = State(m, None, "m")
LATER = beta * m[t - 1] + g


def spec(momentum, value, step=m[t]):
    updates = [Update(m[t], value), Update(theta[t], theta[t - 1] - lr * step)]
    return momentum(states=[UNSET], updates=updates)


@pytest.mark.parametrize(
    "value",
    [
        Piecewise((g, Eq(t, 1)), (LATER, True)),
        Piecewise((LATER, Ne(t, 1)), (g, True)),
        Piecewise((LATER, t > 1), (g, True)),
        Piecewise((g, t <= 1), (LATER, True)),
        Piecewise((g, Eq(Mod(t - 1, 3), 0)), (LATER, True)),
        Piecewise((g, Eq(Mod(t, 10), 1)), (LATER, True)),
        Piecewise((LATER, Ne(floor(t / 2), 0)), (g, True)),
    ],
)
def test_first_case(momentum, value):
    assert analyse(spec(momentum, value))


@pytest.mark.parametrize(
    "value",
    [
        LATER,
        Piecewise((LATER, Eq(t, 1)), (g, True)),
        Piecewise((g, Eq(t, 2)), (LATER, True)),
        Piecewise((g, Eq(Mod(t, 10), 0)), (LATER, True)),
    ],
)
def test_read_first(momentum, refused, value):
    refused(spec(momentum, value), "uninitialised", "m[t] = ", "m[t-1] is read at t = 1", "init=0")


def test_read_first_elsewhere(momentum, refused):
    value = Piecewise((g, Eq(t, 1)), (LATER, True))
    refused(spec(momentum, value, m[t - 1]), "uninitialised", "theta[t] = theta[t-1] - lr*m[t-1]")
