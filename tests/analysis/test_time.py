"""Rule time: stored by the last step, or computed in this one."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import Update, grad, hyperparameters, intermediates, states, t, theta

lr, beta = hyperparameters("lr beta")
(m,) = states("m")
(d,) = intermediates("d")
g = grad(theta[t - 1])


def updates(value):
    return [
        Update(m[t], beta * m[t - 1] + g),
        Update(d[t], value),
        Update(theta[t], theta[t - 1] - lr * d[t]),
    ]


def test_stored_and_computed(momentum):
    assert analyse(momentum(updates=updates(m[t - 1] + m[t] - theta[t - 1])))


@pytest.mark.parametrize(
    ("value", "named"),
    [(m[t - 2], "m[t-2]"), (m[t + 1], "m[t+1]"), (m[1], "m[1]"), (theta[t - 3], "theta[t-3]")],
)
def test_neither(momentum, refused, value, named):
    error = refused(momentum(updates=updates(value)), "time", named, "neither stored nor computed")
    assert "keep the older value in a state" in error.remedy


def test_stored_intermediate(momentum, refused):
    refused(momentum(updates=updates(m[t] + d[t - 1])), "time", "d[t-1] is gone", "State(d, ...)")
