"""Rule courses: a step's courses double by each option."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import Option, flags, grad, t, theta
from sympy import Add, Piecewise

G = grad(theta[t - 1])


def with_options(step, count):
    options = flags(" ".join(f"f{k}" for k in range(count)))
    value = Add(*[Piecewise((G * k, f), (G, True)) for k, f in enumerate(options, 2)])
    return step(value, hyper=[Option(f, "x") for f in options])


def test_as_many_as_anybody_has(step):
    assert analyse(with_options(step, 7))


def test_more(step, refused):
    refused(with_options(step, 14), "courses", "hyper", "16384 courses", "Leave out options")
