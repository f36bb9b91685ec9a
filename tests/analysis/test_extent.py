"""Rule size: what takes longer than seconds is refused, before it is begun."""

from steprule.codegen.analysis import analyse
from steprule.specs.language import REAL, Hyper, clip, grad, t, theta
from sympy import Abs, Add, Symbol

G = grad(theta[t - 1])


def nested(depth):
    value = G
    for _ in range(depth):
        value = clip(value, 0, 1)
    return value


def test_a_large_rule(step):
    assert analyse(step(Add(*[Abs(G + k) for k in range(1, 100)])))


def test_terms(step, refused):
    value = Add(*[Abs(G + k) for k in range(1, 400)])
    refused(step(value), "size", "the equation of theta[t]", "more than the 1500")


def test_parts_that_are_the_same_are_counted_each_time(step, refused):
    value = G
    for _ in range(60):
        value = value * value + value
    refused(step(value), "size", "the equation of theta[t]", "billions of operations")


def test_depth(step, refused):
    assert analyse(step(nested(50)))
    refused(step(nested(100)), "size", "the equation of theta[t]", "within one another")


def test_arguments(step, refused):
    hyper = [Hyper(Symbol(f"h{k}", real=True), "1", REAL, "x") for k in range(101)]
    refused(step(G, hyper=hyper), "size", "hyper", "102")
