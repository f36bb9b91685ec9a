"""Rule unsupported: only what every backend can compute."""

import pytest
from steprule.codegen.analysis import analyse
from steprule.specs.language import Constraint, Option, flags, grad, norm, t, theta
from sympy import (
    Abs,
    Function,
    Implies,
    Max,
    Mod,
    Piecewise,
    Xor,
    atan2,
    cos,
    exp,
    floor,
    log,
    oo,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
)

g = grad(theta[t - 1])
a, b = flags("a b")
OPTIONS = [Option(a, "a"), Option(b, "b")]


def test_all_functions(step):
    every = exp(-Abs(g)) + log(1 + g**2) + sign(g) + Max(g, 0) + sqrt(norm(g))
    every += (cos(pi * t / 3) + floor(t / 3) + Mod(t, 3)) * g
    every += (cos(pi / 2 - t) + sin(t)) * atan2(g, 1)  # of which SymPy makes sin(t) and atan(g)
    assert analyse(step(every))


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (sinh(g), "sinh"),
        (Function("f")(g), "f is nothing"),
        (oo * g, "oo"),
    ],
)
def test_others(step, refused, value, named):
    refused(step(value), "unsupported", "theta[t] = ", named, "one_minus_power")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (sqrt(-4) * g, ["I is nothing", "a root of what is negative"]),
        (g / 0, ["zoo is nothing", "a division by 0"]),
        (g * (oo - oo), ["nan is nothing", "a division by 0"]),
    ],
)
def test_what_sympy_makes_of_no_number(step, refused, value, words):
    refused(step(value), "unsupported", "theta[t] = ", *words)


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


def test_what_sympy_makes_of_a_comparison_with_a_choice(step, refused):
    """Of all its cases, where an option decides: SymPy may not take one for all of them."""
    choice = Piecewise((g, a), (2 * g, True))
    spec = step(Piecewise((g, choice > 1), (0, True)), hyper=OPTIONS[:1])
    refused(spec, "unsupported", "ITE is nothing", "a comparison with a Piecewise", "compare x[t]")
