"""Rule positional: what torch takes by position is known, and stands there once."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import Option, flags, grad, t, theta
from sympy import Piecewise

(maximize,) = flags("maximize")


@pytest.mark.parametrize("names", [[], ["foreach"], ["fused", "maximize", "foreach"]])
def test_options(step, names):
    ascend = Option(maximize, "ascend", keyword=True)
    g = grad(theta[t - 1])
    assert analyse(step(Piecewise((-g, maximize), (g, True)), hyper=[ascend], positional=names))


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (["for_each"], "'for_each' is no option by keyword alone"),
        (["lr"], "'lr' is no option"),
        (["foreach", "fused", "foreach"], "'foreach' stands there twice"),
    ],
)
def test_others(momentum, refused, names, problem):
    refused(momentum(positional=names), "positional", problem, "List some of foreach")
