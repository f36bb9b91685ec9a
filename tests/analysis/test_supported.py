"""Rule unsupported: only what every backend can compute."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import Constraint, Option, flags, grad, norm, t, theta
from sympy import (
    Abs,
    Function,
    I,
    Implies,
    Max,
    Mod,
    Piecewise,
    Xor,
    cos,
    exp,
    floor,
    log,
    oo,
    pi,
    sign,
    sin,
    sqrt,
    zoo,
)

g = grad(theta[t - 1])
a, b = flags("a b")
OPTIONS = [Option(a, "a"), Option(b, "b")]


def test_all_functions(step):
    every = exp(-Abs(g)) + log(1 + g**2) + sign(g) + Max(g, 0) + sqrt(norm(g))
    every += (cos(pi * t / 3) + floor(t / 3) + Mod(t, 3)) * g
    assert analyse(step(every))


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (sin(g), "sin"),
        (Function("f")(g), "f is nothing"),
        (I * g, "I"),
        (oo * g, "oo"),
        (zoo * g, "zoo"),
    ],
)
def test_others(step, refused, value, named):
    refused(step(value), "unsupported", "theta[t] = ", named, "one_minus_power")


def test_condition(step, refused):
    value = Piecewise((g, Xor(a, b)), (-g, True))
    refused(step(value, hyper=OPTIONS), "unsupported", "Xor")


def test_implication_is_for_constraints(step, refused):
    used = Piecewise((g, a), (-g, b), (2 * g, True))
    constraint = Constraint(Implies(a, b), "a needs b")
    assert analyse(step(used, hyper=OPTIONS, constraints=[constraint]))
    refused(
        step(Piecewise((g, Implies(a, b)), (-g, True)), hyper=OPTIONS), "unsupported", "Implies"
    )
