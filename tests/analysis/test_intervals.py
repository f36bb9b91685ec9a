"""Interval arithmetic: exact ends, infinities, and whether zero is excluded."""

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from steprule.codegen.analysis import intervals as iv
from steprule.codegen.analysis.intervals import NONZERO, REAL, ZERO, Range, point
from steprule.specs.language import NON_NEGATIVE, POSITIVE, UNIT, UNIT_CLOSED, Interval

F = Fraction


def span(low, high, *, nonzero=False):
    low, high = (x if x in (inf, -inf) else F(x) for x in (low, high))
    return Range(low, high, nonzero)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (iv.add(span(0, inf), point(-1)), span(-1, inf)),
        (iv.add(span(0, inf), point(1)), span(1, inf, nonzero=True)),
        (iv.multiply(span(0, inf), point(0)), span(0, 0)),
        (iv.multiply(span(-2, inf), span(-3, 4)), span(-inf, inf)),
        (iv.multiply(span(-2, 1), span(-3, 4)), span(-8, 6)),
        (iv.reciprocal(span(2, inf)), span(0, "1/2", nonzero=True)),
        (iv.reciprocal(span(0, 2, nonzero=True)), span("1/2", inf, nonzero=True)),
        (iv.reciprocal(span(-4, 0)), span(-inf, "-1/4", nonzero=True)),
        (iv.reciprocal(span(-4, 4)), NONZERO),
        (iv.integer_power(span(-2, 3), 2), span(0, 9)),
        (iv.integer_power(NONZERO, 2), span(0, inf, nonzero=True)),
        (iv.integer_power(span(-2, 3), 3), span(-8, 27)),
        (iv.integer_power(span(-3, -2), 3), span(-27, -8, nonzero=True)),
        (iv.integer_power(span(2, 4), -1), span("1/4", "1/2", nonzero=True)),
        (iv.power(span(0, 1), span(1, inf)), span(0, 1)),
        (iv.power(point(F("0.999")), span(1, inf)), span(0, "0.999", nonzero=True)),
        (iv.power(point(1), span(1, inf)), span(1, 1, nonzero=True)),
        (iv.power(span(2, inf), span(0, inf)), span(1, inf, nonzero=True)),
        (iv.power(span("1/2", 2), span(-inf, inf)), span(0, inf, nonzero=True)),
        (iv.power(span(0, 1), point(0)), span(1, 1)),
        (iv.absolute(span(-3, 2)), span(0, 3)),
        (iv.absolute(span(-3, -2)), span(2, 3)),
        (iv.sign(span(0, 5)), span(0, 1)),
        (iv.sign(span(0, 5, nonzero=True)), span(1, 1, nonzero=True)),
        (iv.sign(REAL), span(-1, 1)),
        (iv.maximum(REAL, ZERO), span(0, inf)),
        (iv.maximum(span(0, inf, nonzero=True), REAL), span(0, inf, nonzero=True)),
        (iv.minimum(span(0, inf), point(1)), span(0, 1)),
        (iv.exponential(REAL), span(0, inf, nonzero=True)),
        (iv.logarithm(span(0, inf)), REAL),
        (iv.logarithm(span(1, inf)), span(0, inf)),
        (iv.hyperbolic_tangent(span(0, inf, nonzero=True)), span(0, 1, nonzero=True)),
        (iv.error_function(REAL), span(-1, 1)),
        (iv.angle(REAL, span(0, inf)), span(F(-11, 7), F(11, 7))),
        (iv.angle(span(0, inf), REAL), span(0, F(22, 7))),
        (iv.angle(span(-inf, 0), span(0, inf)), span(F(-11, 7), 0)),
        (iv.angle(span(-inf, 0), REAL), span(F(-22, 7), F(22, 7))),  # of -1 on the left it is pi
        (iv.modulo(point(7), point(2)), span(1, 1)),
        (iv.modulo(REAL, span(1, 3)), span(0, 3)),
        (iv.cosine(point(0)), span(1, 1)),
        (iv.sine(point(0)), span(0, 0)),
        (iv.sine(span(0, 1)), span(-1, 1)),
        (span(-1, 2).join(span(1, 5)), span(-1, 5)),
    ],
)
def test_values(result, expected):
    assert (result.low, result.high) == (expected.low, expected.high)
    assert result.excludes_zero == expected.excludes_zero


def test_meet():
    assert span(-1, 2).meet(span(1, 5)) == span(1, 2)
    assert span(-1, 0).meet(span(1, 5)) is None
    assert span(-1, 0).meet(span(0, 5, nonzero=True)) is None


@pytest.mark.parametrize(
    ("found", "domain", "inside"),
    [
        (span(0, inf), NON_NEGATIVE, True),
        (span("-1e-9", inf), NON_NEGATIVE, False),
        (span(0, inf), POSITIVE, False),
        (span(0, inf, nonzero=True), POSITIVE, True),
        (span(0, 1), UNIT_CLOSED, True),
        (span(0, 1), UNIT, False),
        (span(0, "0.999"), UNIT, True),
        (span(-1, 0), Interval(high=F(0), high_open=True), False),
        (span(-1, 0, nonzero=True), Interval(high=F(0), high_open=True), True),
        (REAL, Interval(), True),
        (REAL, NON_NEGATIVE, False),
    ],
)
def test_within(found, domain, inside):
    assert found.within(domain) is inside


def test_irrational_ends_are_rounded_outwards():
    root = iv.power(point(2), point(F(1, 2)))
    assert root.low**2 < 2 < root.high**2
    assert root.high - root.low < F(1, 10**30)
    log = iv.logarithm(point(F(1, 2)))
    assert log.low < F("-0.693147180559945309") < log.high + F(1, 10**17)
    assert log.high < 0


def test_what_is_too_small_or_large_to_hold():
    tiny = iv.power(point(F(1, 2)), point(10**6))
    assert tiny == span(0, F(1, 10**400), nonzero=True)
    assert iv.exponential(point(10**6)) == span(10**400, inf, nonzero=True)
    assert iv.exponential(iv.exponential(iv.exponential(point(10**6)))).high == inf
    assert iv.power(ZERO, point(-1)) == span(10**400, inf)
    assert str(iv.multiply(point(10**399), point(3))) == "[3e+399, 3e+399]"


def test_text():
    assert str(REAL) == "(-oo, oo)"
    assert str(span("1/3", 2)) == "[0.3333, 2]"
    assert str(span(0, inf, nonzero=True)) == "[0, oo) without 0"


def test_open_ends_are_the_next_floats():
    assert iv.over(POSITIVE) == span(0, inf, nonzero=True)
    assert iv.over(UNIT) == span(0, 1 - F(1, 2**53))
    assert iv.over(Interval(low=F(1), low_open=True)) == span(1 + F(1, 2**52), inf)


numbers = st.fractions(min_value=-5, max_value=5, max_denominator=8)


@st.composite
def ranges_with_members(draw):
    a, b, x = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return span(a, x), b


@given(ranges_with_members(), ranges_with_members(), st.integers(min_value=0, max_value=5))
def test_results_hold_every_member(first, second, n):
    (a, x), (b, y) = first, second
    for result, value in [
        (iv.add(a, b), x + y),
        (iv.multiply(a, b), x * y),
        (iv.maximum(a, b), max(x, y)),
        (iv.minimum(a, b), min(x, y)),
        (iv.negate(a), -x),
        (iv.absolute(a), abs(x)),
        (iv.sign(a), F((x > 0) - (x < 0))),
        (iv.integer_power(a, n), x**n),
    ]:
        assert result.low <= value <= result.high
        assert value != 0 or not result.excludes_zero
    if x != 0:
        inverse = iv.reciprocal(a)
        assert inverse.low <= 1 / x <= inverse.high


@given(ranges_with_members(), ranges_with_members())
def test_powers_hold_every_member(first, second):
    (a, x), (b, y) = first, second
    if a.low <= 0:
        return
    result = iv.power(a, b)
    value = float(x) ** float(y)
    assert float(result.low) <= value * (1 + 1e-12)
    assert value <= float(result.high) * (1 + 1e-12)
