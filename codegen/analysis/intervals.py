"""Interval arithmetic on the extended reals, rounded outwards.

A :class:`Range` has closed ends, which may be infinite, and knows beside them whether zero
is excluded: ``x != 0`` has the range of all reals without zero. Rational operations are
exact; of a root or power that is irrational the ends of a narrow enclosure are taken.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product

from sympy import Basic, Rational

from ...specs.language import Interval
from ..oracle import exact

End = Fraction | float
"""A finite end is a Fraction; a float only stands for an infinity."""

_INF = math.inf
_HUGE = Fraction(10**400)


@dataclass(frozen=True)
class Range:
    """The numbers from ``low`` to ``high``; ``nonzero`` says that 0 is none of them."""

    low: End
    high: End
    nonzero: bool = False

    def __post_init__(self) -> None:
        # The numbers are finite, so an end at the far infinity is only beyond what is held.
        if isinstance(self.low, float) and self.low > 0:
            object.__setattr__(self, "low", _HUGE)
        if isinstance(self.high, float) and self.high < 0:
            object.__setattr__(self, "high", -_HUGE)

    @property
    def excludes_zero(self) -> bool:
        return self.nonzero or self.low > 0 or self.high < 0

    @property
    def positive(self) -> bool:
        return self.low >= 0 and self.excludes_zero

    def within(self, domain: Interval) -> bool:
        """Whether all its numbers lie in the domain."""
        mirrored = None if domain.high is None else -domain.high
        return _above(self.low, domain.low, domain.low_open, self.nonzero) and _above(
            -self.high, mirrored, domain.high_open, self.nonzero
        )

    def meet(self, other: "Range") -> "Range | None":
        """The numbers in both; None if there are none."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        nonzero = self.nonzero or other.nonzero
        if low > high or (nonzero and low == high == 0):
            return None
        return Range(low, high, nonzero)

    def join(self, other: "Range") -> "Range":
        """The smallest range that holds both."""
        nonzero = self.excludes_zero and other.excludes_zero
        return Range(min(self.low, other.low), max(self.high, other.high), nonzero)

    def __str__(self) -> str:
        left = "(-oo" if self.low == -_INF else f"[{short(self.low)}"
        right = "oo)" if self.high == _INF else f"{short(self.high)}]"
        return f"{left}, {right}" + (
            " without 0" if self.nonzero and self.low <= 0 <= self.high else ""
        )


REAL = Range(-_INF, _INF)
NONZERO = Range(-_INF, _INF, nonzero=True)
ZERO = Range(Fraction(0), Fraction(0))


def point(value: Fraction | int) -> Range:
    exactly = value if isinstance(value, Fraction) else Fraction(value)
    return Range(exactly, exactly)


@cache
def of_rational(e: Basic) -> Range:
    """The range of a number of an expression, which is rational."""
    assert isinstance(e, Rational)
    return point(Fraction(int(e.p), int(e.q)))


@cache
def over(domain: Interval) -> Range:
    """The floats of a domain: an open end is the next float, or 0 with 0 excluded."""
    low: End = -_INF if domain.low is None else Fraction(domain.low)
    high: End = _INF if domain.high is None else Fraction(domain.high)
    nonzero = (low == 0 and domain.low_open) or (high == 0 and domain.high_open)
    if domain.low_open and low != 0:
        low = _next(low, _INF)
    if domain.high_open and high != 0:
        high = _next(high, -_INF)
    return Range(low, high, nonzero)


def add(a: Range, b: Range) -> Range:
    same_sign = (a.low >= 0 and b.low >= 0) or (a.high <= 0 and b.high <= 0)
    nonzero = same_sign and (a.excludes_zero or b.excludes_zero)
    return Range(_plus(a.low, b.low), _plus(a.high, b.high), nonzero)


def multiply(a: Range, b: Range) -> Range:
    ends = [_times(x, y) for x, y in product(_ends(a), _ends(b))]
    return Range(min(ends), max(ends), a.excludes_zero and b.excludes_zero)


def reciprocal(a: Range) -> Range:
    """1/a for what in ``a`` is not zero."""
    if a.low < 0 < a.high or a.low == a.high == 0:
        return NONZERO
    low = _inverse(a.high) if a.high != 0 else -_INF
    high = _inverse(a.low) if a.low != 0 else _INF
    return Range(low, high, nonzero=True)


def integer_power(a: Range, n: int) -> Range:
    """a**n for a whole n; of a negative n, for what in ``a`` is not zero."""
    if n < 0:
        return reciprocal(integer_power(a, -n))
    if n == 0:
        return point(1)
    if n % 2 == 0:
        a = absolute(a)
    if a.low >= 0:
        low, *high = (_corner(end, n) for end in _ends(a))
        return Range(low[0], (high or [low])[0][1], a.excludes_zero)
    high = _corner(a.high, n)[1] if a.high >= 0 else -_corner(-a.high, n)[0]
    return Range(-_corner(-a.low, n)[1], high, a.excludes_zero)


def power(a: Range, b: Range) -> Range:
    """a**b for a base that is not negative; monotone in each, so its ends are at corners."""
    if b.low == b.high == 0:
        return point(1)
    corners = [_corner(x, y) for x, y in product(_ends(a), _ends(b))]
    low, high = min(c[0] for c in corners), max(c[1] for c in corners)
    return Range(low, high, a.excludes_zero)


def absolute(a: Range) -> Range:
    if a.low >= 0:
        return a
    low: End = -a.high if a.high < 0 else Fraction(0)
    return Range(low, max(-a.low, a.high), a.nonzero)


def sign(a: Range) -> Range:
    low = 1 if a.positive else 0 if a.low >= 0 else -1
    high = -1 if a.high <= 0 and a.excludes_zero else 0 if a.high <= 0 else 1
    return Range(Fraction(low), Fraction(high), a.excludes_zero)


def maximum(a: Range, b: Range) -> Range:
    nonzero = a.positive or b.positive or (a.excludes_zero and b.excludes_zero)
    return Range(max(a.low, b.low), max(a.high, b.high), nonzero)


def minimum(a: Range, b: Range) -> Range:
    return negate(maximum(negate(a), negate(b)))


def negate(a: Range) -> Range:
    return Range(-a.high, -a.low, a.nonzero)


def floor(a: Range) -> Range:
    low, high = (x if isinstance(x, float) else Fraction(math.floor(x)) for x in (a.low, a.high))
    return Range(low, high)


def rounded(a: Range) -> Range:
    """A in some floating format, of which it is not known how far it reaches."""
    return Range(Fraction(0) if a.low >= 0 else -_INF, Fraction(0) if a.high <= 0 else _INF)


def modulo(a: Range, b: Range) -> Range:
    """A - b*floor(a/b) for what in ``b`` is not zero."""
    if a.low == a.high and b.low == b.high and b.excludes_zero:
        return point(Fraction(a.low) % Fraction(b.low))
    return Range(min(b.low, Fraction(0)), max(b.high, Fraction(0)))


def cosine(a: Range) -> Range:
    return _turning(exact.cosine, a)


def sine(a: Range) -> Range:
    return _turning(exact.sine, a)


def _turning(function: Callable[[exact.Number], exact.Number], a: Range) -> Range:
    if a.low != a.high:
        return Range(Fraction(-1), Fraction(1))
    low, high = _outward(function(exact.exact(a.low)))
    return Range(low, high)


def exponential(a: Range) -> Range:
    low, high = (exact.exponential(exact.exact(end)) for end in (a.low, a.high))
    return Range(_outward(low)[0], _outward(high)[1], nonzero=True)


def hyperbolic_tangent(a: Range) -> Range:
    return _rising(exact.hyperbolic_tangent, a)


def error_function(a: Range) -> Range:
    return _rising(exact.error_function, a)


def _rising(function: Callable[[exact.Number], exact.Number], a: Range) -> Range:
    """An odd function that rises everywhere."""
    low, high = (function(exact.exact(end)) for end in (a.low, a.high))
    return Range(_outward(low)[0], _outward(high)[1], a.excludes_zero)


def angle(y: Range, x: Range) -> Range:
    """The angle of a point (x, y), from -pi to pi."""
    if y.low == y.high and x.low == x.high:
        return Range(*_outward(exact.angle(exact.exact(y.low), exact.exact(x.low))))
    half = _PI if x.low < 0 else _PI / 2
    above: End = half if y.high > 0 or (y.high == 0 and x.low < 0) else Fraction(0)
    below: End = -half if y.low < 0 else Fraction(0)
    return Range(below, above, y.excludes_zero)


_PI = Fraction(22, 7)
"""Just above it."""


def logarithm(a: Range) -> Range:
    """log(a) for what in ``a`` is positive."""
    low, high = (exact.logarithm(exact.exact(max(end, Fraction(0)))) for end in (a.low, a.high))
    return Range(_outward(low)[0], _outward(high)[1])


def _above(end: End, bound: Fraction | None, bound_open: bool, nonzero: bool) -> bool:
    if bound is None or end > bound:
        return True
    return end == bound and (not bound_open or (bound == 0 and nonzero))


def _next(x: End, towards: float) -> End:
    return x if isinstance(x, float) else Fraction(math.nextafter(float(x), towards))


def _ends(a: Range) -> tuple[End, ...]:
    """Both, or the only one."""
    return (a.low,) if a.low is a.high else (a.low, a.high)


def _plus(x: End, y: End) -> End:
    return x if isinstance(x, float) else y if isinstance(y, float) else x + y


def _times(x: End, y: End) -> End:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x * y
    return Fraction(0) if x == 0 or y == 0 else _INF if (x > 0) == (y > 0) else -_INF


def _inverse(x: End) -> End:
    return Fraction(0) if isinstance(x, float) else 1 / x


def _corner(base: End, exponent: End) -> tuple[End, End]:
    """Bounds on one power of a base that is not negative, infinities as limits."""
    if exponent == 0 or base == 1:
        return Fraction(1), Fraction(1)
    if isinstance(base, float) or isinstance(exponent, float) or base == 0:
        value: End = Fraction(0) if (base > 1) != (exponent > 0) else _INF
        return value, value
    return _outward(exact.power(exact.exact(base), exact.exact(exponent)))


def _outward(x: exact.Number) -> tuple[End, End]:
    if exact.is_rational(x):
        return _fraction(x), _fraction(x)
    huge = exact.exact(_HUGE)
    if exact.greater(exact.absolute(x), huge):
        return (_HUGE, _INF) if exact.greater(x, exact.ZERO) else (-_INF, -_HUGE)
    if exact.less(exact.multiply(exact.absolute(x), huge), exact.ONE):
        positive = exact.greater_equal(x, exact.ZERO)
        return (Fraction(0), 1 / _HUGE) if positive else (-1 / _HUGE, Fraction(0))
    low, high = exact.ends(x)
    return _fraction(low), _fraction(high)


def _fraction(x: exact.Number) -> Fraction:
    assert isinstance(x, exact.fmpq)
    return exact.fraction(x)


def short(x: End) -> str:
    """The end to four digits."""
    text = f"{Decimal(Fraction(x).numerator) / Fraction(x).denominator:.4g}"
    digits, e, exponent = text.partition("e")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + e + exponent
