"""Rule step-count: without a count, only the first step is known."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import grad, t, theta
from sympy import Eq, Ne, Piecewise

g = grad(theta[t - 1])


@pytest.mark.parametrize("condition", [Eq(t, 1), Ne(t, 1), t > 1])
def test_first_step(step, condition):
    assert analyse(step(Piecewise((-g, condition), (g, True)), step_key=""))


@pytest.mark.parametrize(
    "value", [g / t, Piecewise((-g, Eq(t, 2)), (g, True)), Piecewise((-g, t > 5), (g, True))]
)
def test_counted(step, refused, value):
    assert analyse(step(value))
    refused(
        step(value, step_key=""), "step-count", "theta[t] = ", "no step count is kept", "Eq(t, 1)"
    )
