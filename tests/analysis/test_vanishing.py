"""Rule vanishing: what a state keeps is not 0 at every step, of exact numbers."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import (
    State,
    Update,
    grad,
    hyperparameters,
    intermediates,
    states,
    stored,
    t,
    theta,
)

lr, beta = hyperparameters("lr beta")
m, c = states("m c")
(y,) = intermediates("y")
g = grad(theta[t - 1])
AVERAGE = Update(m[t], beta * m[t - 1] + (1 - beta) * g)
STEP = Update(y[t], c[t - 1] - lr * m[t])


def spec(momentum, new, lost):
    updates = [AVERAGE, STEP, Update(theta[t], new), Update(c[t], lost)]
    return momentum(states=[State(m, 0, "m"), State(c, 0, "c")], updates=updates)


@pytest.mark.parametrize(
    "lost",
    [
        y[t] - (theta[t] - theta[t - 1]),
        (theta[t] - theta[t - 1]) - y[t],
        (theta[t - 1] + c[t - 1] - lr * m[t] - theta[t]) * lr,
    ],
)
def test_what_rounding_loses_is_nothing_where_nothing_rounds(momentum, refused, lost):
    made = spec(momentum, theta[t - 1] + y[t], lost)
    refused(made, "vanishing", "c[t] = ", "c starts at 0 and stays there", "stored(...)")


@pytest.mark.parametrize(
    ("new", "lost"),
    [
        (stored(theta[t - 1] + y[t]), y[t] - (theta[t] - theta[t - 1])),
        (theta[t - 1] + y[t], y[t] + theta[t] - theta[t - 1]),
        (theta[t - 1] + y[t], beta * c[t - 1] + (1 - beta) * (theta[t] - theta[t - 1])),
    ],
)
def test_what_is_something(momentum, new, lost):
    assert analyse(spec(momentum, new, lost))
