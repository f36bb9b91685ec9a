"""Exact numbers: rationals, 50 digits, infinities and NaN."""

from fractions import Fraction as Q

import pytest
from steprule.codegen.oracle import exact
from steprule.codegen.oracle.exact import INFINITY, NAN, context

MINUS_INFINITY = -INFINITY


def same(x: exact.Number, y: exact.Number) -> bool:
    return exact.is_nan(x) if exact.is_nan(y) else x == y


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.1, Q(3602879701896397, 36028797018963968)),
        ("0.1", Q(1, 10)),
        ("1e-3", Q(1, 1000)),
        (3, Q(3)),
        (float("inf"), INFINITY),
        (float("nan"), NAN),
        (Q(1, 3), Q(1, 3)),
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


def test_a_root_has_fifty_digits():
    root = exact.square_root(Q(2))
    assert abs(root * root - 2) < context.mpf(10) ** -49
    assert str(root).startswith("1.41421356237309504880168872420969807856967187537")


def test_a_large_power_has_fifty_digits_and_no_overflow():
    power = exact.power(Q(9, 10), Q(10**6))
    assert str(context.log(power, 10)).startswith("-45757.4905606")


def test_rationals_and_fifty_digit_numbers_compare():
    root = exact.square_root(Q(2))
    assert exact.maximum(Q(1), root) == root
    assert exact.minimum(Q(1), root) == 1
    assert exact.maximum(Q(3), MINUS_INFINITY) == 3
    assert exact.clip(root, Q(0), Q(1)) == 1
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
        (context.mpf(0), Q(0), Q(1)),
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
        (context.mpf(3), Q(2), Q(9)),
    ],
)
def test_power(base, exponent, value):
    assert same(exact.power(base, exponent), value)
