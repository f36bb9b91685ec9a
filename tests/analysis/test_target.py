"""Rule target: an equation assigns a value at t."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import Update, grad, hyperparameters, states, t, theta

beta, lr = hyperparameters("beta lr")
(m,) = states("m")
STEP = Update(theta[t], theta[t - 1] - lr * m[t])


def test_at_t(momentum):
    assert analyse(
        momentum(updates=[Update(m[t + 1 - 1], beta * m[t - 1] + grad(theta[t - 1])), STEP])
    )


@pytest.mark.parametrize(
    ("target", "named"),
    [
        (m[t + 1], "m[t + 1]"),
        (m[t - 1], "m[t - 1]"),
        (m[2], "m[2]"),
        (m[2 * t], "m[2*t]"),
        (beta, "beta"),
    ],
)
def test_elsewhere(momentum, refused, target, named):
    spec = momentum(updates=[Update(target, beta * m[t] + grad(theta[t - 1])), STEP])
    refused(spec, "target", f"{named} cannot be assigned", "[t] on its left")
