"""Rule look-ahead: the gradient at the stored parameter."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import Update, grad, hyperparameters, states, t, theta

lr, beta = hyperparameters("lr beta")
(m,) = states("m")


def updates(gradient):
    return [Update(m[t], beta * m[t - 1] + gradient), Update(theta[t], theta[t - 1] - lr * m[t])]


def test_stored_parameter(momentum):
    assert analyse(momentum(updates=updates(grad(theta[t + 1 - 2]))))


@pytest.mark.parametrize(
    ("point", "named"),
    [
        (theta[t - 1] - lr * beta * m[t - 1], "theta[t-1] - lr*beta*m[t-1]"),
        (theta[t], "theta[t]"),
        (2 * theta[t - 1], "2*theta[t-1]"),
    ],
)
def test_elsewhere(momentum, refused, point, named):
    refused(
        momentum(updates=updates(grad(point))),
        "look-ahead",
        f"taken at {named},",
        "change of variables",
    )
