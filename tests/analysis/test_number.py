"""Rule number: constants that double precision has room for, of any number of digits."""

from fractions import Fraction

import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.program.forms import literal
from steprule.specs.language import NON_NEGATIVE, Hyper, grad, hyperparameters, t, theta
from sympy import Integer, Rational

G = grad(theta[t - 1])


@pytest.mark.parametrize(
    "number",
    [Integer(2**63), Integer(10**40), Integer(10**308), Rational(10**400 + 1, 10**399)],
    ids=["2^63", "10^40", "10^308", "10"],
)
def test_numbers_there_is_room_for(number, step):
    assert analyse(step(number * G))


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (Integer(10**309), "a number of 308 digits is larger than 1.8e308"),
        (Integer(3**100000), "a number of 47549 digits is larger than 1.8e308"),
        (Rational(1, 10**400), "a fraction of 398 digits is smaller than 2.2e-308"),
    ],
    ids=["10^309", "3^100000", "10^-400"],
)
def test_numbers_there_is_none_for(number, problem, step, refused):
    refused(step(number * G), "number", "the equation of theta[t]", problem)


@pytest.mark.parametrize("default", ["1e400", "1e999999999", "-1e400", "1e-400", "9" * 400])
def test_defaults_there_is_none_for(default, step, refused):
    (x,) = hyperparameters("x")
    spec = step(x * G, hyper=[Hyper(x, default, NON_NEGATIVE, "")])
    refused(spec, "default", "hyperparameter x", f"its default {default[:40]}", "double precision")


@pytest.mark.parametrize("default", ["01", "1_0", "١", "1e", "0x1", "nan", "inf"])
def test_defaults_that_are_no_decimals(default, step, refused):
    (x,) = hyperparameters("x")
    spec = step(x * G, hyper=[Hyper(x, default, NON_NEGATIVE, "")])
    refused(spec, "default", "hyperparameter x", f'"{default}" is no decimal number')


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Fraction(2**53), "9007199254740992"),
        (Fraction(2**63), "9.223372036854776e+18"),
        (Fraction(-(2**64) - 1), "-1.8446744073709552e+19"),
        (Fraction(10**40 + 1, 3 * 10**39), "3.3333333333333335"),
        (Fraction(1, 3), "1 / 3"),
        (Fraction(1, 10**30), "1e-30"),
    ],
)
def test_how_they_are_written(number, text):
    """No language's integers are exceeded, and what is written is the nearest double."""
    assert literal(number) == text
    assert float(Fraction(text.replace(" ", ""))) == float(number)
