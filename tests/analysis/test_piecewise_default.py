"""Rule no-default: the last condition is True."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import Option, flags, grad, t, theta
from sympy import Not, Piecewise

(flip,) = flags("flip")
g = grad(theta[t - 1])
FLIP = Option(flip, "flip the sign")


def test_default(step):
    assert analyse(step(Piecewise((-g, flip), (g, True)), hyper=[FLIP]))


def test_none(step, refused):
    spec = step(Piecewise((-g, flip), (g, Not(flip))), hyper=[FLIP])
    refused(spec, "no-default", "the case grad(theta[t-1]) if not flip is the last", "(..., True)")


def test_none_within(step, refused):
    spec = step(1 + 2 * Piecewise((-g, flip)), hyper=[FLIP])
    refused(spec, "no-default", "-grad(theta[t-1]) if flip")
