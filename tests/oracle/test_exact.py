"""Exact numbers: rationals, enclosures, infinities and NaN."""

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle import exact
from steprule.codegen.oracle.exact import INFINITY, NAN

Q = fmpq

MINUS_INFINITY = -INFINITY


def same(x: exact.Number, y: exact.Number) -> bool:
    return exact.is_nan(x) if exact.is_nan(y) else exact.equal(x, y)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.1, Q(3602879701896397, 36028797018963968)),
        ("0.1", Q(1, 10)),
        ("1e-3", Q(1, 1000)),
        (3, Q(3)),
        (float("inf"), INFINITY),
        (float("nan"), NAN),
        (Fraction(1, 3), Q(1, 3)),
        (np.float32(0.5), Q(1, 2)),
    ],
)
def test_exact_is_the_number_meant(value, number):
    assert same(exact.exact(value), number)


def test_rationals_stay_rational():
    x, y = Q(1, 3), Q(1, 7)
    assert exact.add(x, y) == Q(10, 21)
    assert exact.subtract(x, y) == Q(4, 21)
    assert exact.multiply(x, y) == Q(1, 21)
    assert exact.divide(x, y) == Q(7, 3)
    assert exact.power(x, Q(-2)) == Q(9)
    assert exact.one_minus_power(x, Q(2)) == Q(8, 9)
    assert exact.lerp(x, y, Q(1, 4)) == Q(2, 7)
    assert exact.clip(x, Q(0), y) == y
    assert exact.square_root(Q(9, 4)) == Q(3, 2)
    assert isinstance(exact.square_root(Q(9, 4)), Q)


def digits(x: exact.Number) -> str:
    assert isinstance(x, exact.Real)
    return str(x)


def test_a_root_is_enclosed():
    assert digits(exact.square_root(Q(2))).startswith("1.414213562373095048801688724209698")


def test_a_large_power_does_not_overflow():
    power = exact.power(Q(9, 10), Q(10**6))
    assert digits(exact.logarithm(power)).startswith("-105360.515657826")
    assert exact.less(power, exact.power(Q(10), Q(-45757)))
    assert exact.greater(power, exact.power(Q(10), Q(-45758)))


def test_precision_is_raised_until_a_comparison_is_decided():
    """e**pi and what agrees with it in 2000 bits; and far out, a whole turn and a bit more."""
    power = exact.power(exact.E, exact.PI)
    (near, _) = exact.ends(power, 2000)
    assert exact.less(near, power)
    assert not exact.same(near, power, 2100)
    assert exact.same(near, power, 1900)
    turns = exact.multiply(exact.exact(2**53), exact.PI)
    beside = exact.add(turns, exact.power(Q(10), Q(-300)))
    assert exact.less(exact.cosine(beside), exact.cosine(turns))
    assert exact.floor(exact.subtract(exact.exact(7), exact.exponential(exact.exact(-400)))) == 6


def test_what_no_precision_decides_is_said():
    six = exact.add(exact.logarithm(Q(2)), exact.logarithm(Q(3)))
    with pytest.raises(exact.UndecidedError, match="bits do not tell"):
        exact.less(six, exact.logarithm(Q(6)))
    assert exact.same(six, exact.logarithm(Q(6)))
    # The larger of the two needs no decision.
    assert exact.same(exact.maximum(six, exact.logarithm(Q(6))), six)


def test_roots_and_multiples_of_pi_are_told_apart_exactly():
    two, three, six = (exact.square_root(Q(n)) for n in (2, 3, 6))
    assert exact.multiply(two, two) == 2
    assert exact.equal(exact.multiply(two, three), six)
    assert exact.divide(exact.multiply(Q(5), six), exact.multiply(six, Q(2))) == Q(5, 2)
    assert exact.less(exact.negate(three), exact.negate(two))
    third = exact.divide(exact.PI, Q(3))
    assert exact.cosine(exact.multiply(Q(2**53), third)) == Q(-1, 2)
    assert exact.cosine(exact.multiply(exact.PI, Q(2**53 - 1))) == -1
    assert exact.divide(third, exact.PI) == Q(1, 3)
    assert exact.sine(exact.multiply(exact.PI, Q(2**53))) == 0
    assert exact.sine(exact.divide(third, Q(-2))) == Q(-1, 2)
    assert float(exact.sine(Q(1))) == math.sin(1)


def test_what_is_taken_from_itself_is_0_however_it_comes_about():
    """As an element less the mean of its row, where it is alone there."""
    x = exact.add(exact.square_root(Q(2)), exact.square_root(Q(3)))
    alone = exact.divide(x, Q(1))
    minus = exact.multiply(Q(-1), alone)
    assert exact.multiply(alone, Q(1)) is x
    assert exact.negate(minus) is x
    for pair in ((x, minus), (minus, x)):
        assert exact.is_zero(exact.add(*pair))
    assert exact.sign(exact.subtract(x, alone)) == 0


def test_catastrophic_cancellation_leaves_as_many_digits():
    large = exact.exact(10**40)
    difference = exact.subtract(exact.square_root(exact.add(exact.square(large), exact.ONE)), large)
    expected = exact.divide(exact.ONE, exact.multiply(Q(2), large))
    assert exact.same(difference, expected, 200)
    assert float(difference) == 0.5e-40


def test_rationals_and_irrational_numbers_compare():
    root = exact.square_root(Q(2))
    assert exact.same(exact.maximum(Q(1), root), root)
    assert exact.same(exact.minimum(Q(1), root), Q(1))
    assert exact.maximum(Q(3), MINUS_INFINITY) == 3
    assert exact.same(exact.clip(root, Q(0), Q(1)), Q(1))
    assert exact.less(Q(1), root)
    assert not exact.greater_equal(Q(1), root)


@pytest.mark.parametrize("operation", [exact.maximum, exact.minimum, exact.add, exact.multiply])
@pytest.mark.parametrize("other", [Q(1), INFINITY, NAN])
def test_nan_propagates(operation, other):
    assert exact.is_nan(operation(NAN, other))
    assert exact.is_nan(operation(other, NAN))


@pytest.mark.parametrize("function", [exact.sign, exact.absolute, exact.square_root, exact.negate])
def test_functions_of_nan_are_nan(function):
    assert exact.is_nan(function(NAN))


def test_nan_compares_as_ieee():
    assert exact.unequal(NAN, NAN)
    assert not exact.equal(NAN, NAN)
    assert not exact.less(NAN, Q(0))
    assert not exact.greater_equal(NAN, Q(0))


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (exact.subtract(INFINITY, INFINITY), NAN),
        (exact.multiply(Q(0), INFINITY), NAN),
        (exact.divide(INFINITY, INFINITY), NAN),
        (exact.divide(Q(0), Q(0)), NAN),
        (exact.divide(Q(-1), Q(0)), MINUS_INFINITY),
        (exact.divide(Q(5), INFINITY), Q(0)),
        (exact.sign(MINUS_INFINITY), Q(-1)),
        (exact.sign(Q(0)), Q(0)),
        (exact.square_root(INFINITY), INFINITY),
        (exact.square_root(Q(-1)), NAN),
        (exact.logarithm(Q(0)), MINUS_INFINITY),
        (exact.exponential(MINUS_INFINITY), Q(0)),
        (exact.lerp(INFINITY, Q(3), Q(1, 2)), INFINITY),
    ],
)
def test_infinities_follow_ieee(result, value):
    assert same(result, value)


@pytest.mark.parametrize(
    ("base", "exponent", "value"),
    [
        (Q(0), Q(0), Q(1)),
        (exact.PI, Q(0), Q(1)),
        (NAN, Q(0), Q(1)),
        (Q(0), Q(10**6), Q(0)),
        (Q(0), Q(-1), INFINITY),
        (MINUS_INFINITY, Q(3), MINUS_INFINITY),
        (MINUS_INFINITY, Q(2), INFINITY),
        (INFINITY, Q(-1), Q(0)),
        (Q(-1), Q(101), Q(-1)),
        (Q(-8), Q(1, 3), NAN),
        (Q(1, 2), INFINITY, Q(0)),
        (Q(1, 2), MINUS_INFINITY, INFINITY),
        (Q(1), INFINITY, Q(1)),
        (Q(2), NAN, NAN),
        (exact.square_root(Q(3)), Q(2), Q(3)),
        (exact.exponential(Q(1)), INFINITY, INFINITY),
    ],
)
def test_power(base, exponent, value):
    assert same(exact.power(base, exponent), value)


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (exact.hyperbolic_tangent(Q(0)), Q(0)),
        (exact.hyperbolic_tangent(MINUS_INFINITY), Q(-1)),
        (exact.error_function(INFINITY), Q(1)),
        (exact.error_function(NAN), NAN),
        # An angle of the language, 0 of (0, 0), and those of IEEE 754 far away.
        (exact.angle(Q(0), Q(0)), Q(0)),
        (exact.angle(Q(0), Q(3)), Q(0)),
        (exact.angle(Q(0), Q(-3)), exact.PI),
        (exact.angle(Q(2), Q(0)), exact.multiply(exact.PI, Q(1, 2))),
        (exact.angle(Q(-2), Q(0)), exact.multiply(exact.PI, Q(-1, 2))),
        (exact.angle(INFINITY, Q(-1)), exact.multiply(exact.PI, Q(1, 2))),
        (exact.angle(MINUS_INFINITY, MINUS_INFINITY), exact.multiply(exact.PI, Q(-3, 4))),
        (exact.angle(Q(5), MINUS_INFINITY), exact.PI),
        (exact.angle(Q(-5), MINUS_INFINITY), exact.multiply(exact.PI, Q(-1))),
        (exact.angle(Q(-5), INFINITY), Q(0)),
        (exact.angle(NAN, INFINITY), NAN),
    ],
)
def test_ends_of_curves(result, value):
    assert same(result, value) or exact.same(result, value)


def test_curves_between():
    # tanh(1/2) is (e - 1)/(e + 1), the angle of (-1, 1) three eighths of a turn of pi.
    e = exact.exponential(Q(1))
    quotient = exact.divide(exact.subtract(e, Q(1)), exact.add(e, Q(1)))
    assert exact.same(exact.hyperbolic_tangent(Q(1, 2)), quotient)
    assert exact.same(exact.angle(Q(1), Q(-1)), exact.multiply(exact.PI, Q(3, 4)))
    assert exact.same(exact.angle(Q(-3), Q(4)), exact.negate(exact.angle(Q(3), Q(4))))
    # Abramowitz and Stegun, 1964, table 7.1
    assert digits(exact.error_function(Q(1, 2))).startswith("0.5204998778")
