"""What is said to be written for a function is that function."""

import numpy as np
import pytest
import steprule
from steprule.codegen.loading.equivalents import equivalent
from steprule.specs import language
from steprule.specs.language import Hyper, Optimizer, Update, grad, hyperparameters, t, theta

(lr,) = hyperparameters("lr")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("softplus", lambda x: np.logaddexp(0, x)),
        ("sigmoid", lambda x: np.exp(-np.logaddexp(0, -x))),
        ("relu", lambda x: np.maximum(x, 0)),
    ],
)
def test_functions_of_layers(name, function):
    """Also where their exponentials overflow."""
    written = equivalent(name).removeprefix("Write ").partition(", as ")[0]
    value = eval(written, vars(language) | {"x": grad(theta[t - 1])})
    rule = Optimizer(
        "OfLayers",
        summary="A step along a function of the gradient.",
        source="nobody",
        hyper=[Hyper(lr, "1", language.REAL, "rate")],
        states=[],
        updates=[Update(theta[t], theta[t - 1] - lr * value)],
    )
    params = np.zeros(9, np.float32)
    grads = np.array([-1000, -90, -1, 0, 1, 19, 21, 90, 1000], np.float32)
    with np.errstate(over="ignore"):
        steprule.compile(rule, backend="numpy")(engine="numpy").update(params, grads)
    expected = function(grads.astype(np.float64)).astype(np.float32)
    np.testing.assert_allclose(-params, expected, rtol=2e-7, atol=1e-38)
