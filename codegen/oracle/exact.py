"""Exact numbers: rationals as long as they last, 50 digits where a root or a power needs them.

A number is a ``Fraction`` where it is rational and known exactly, else an mpmath ``mpf``
with 50 digits and an unbounded exponent. Infinities and NaN are ``mpf`` and follow IEEE 754
(without signed zeros): ``inf - inf`` is NaN, ``1 / 0`` is infinite.
"""

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

import mpmath

context = mpmath.MPContext()
context.dps = 50

if TYPE_CHECKING:
    Float: TypeAlias = Any  # mpmath is untyped
else:
    Float = context.mpf
Number: TypeAlias = Fraction | Float

NAN = context.mpf("nan")
INFINITY = context.mpf("inf")
PI = +context.pi

_LARGEST_EXPONENT = 10**9
"""Of e: far beyond the range of any float."""

_LARGEST_EXACT_EXPONENT = 64
"""Powers beyond it would be exact, but of thousands of digits."""


def exact(value: float | int | str | Number) -> Number:
    """The number a float stands for, or a decimal says, without rounding."""
    if isinstance(value, Float):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return context.mpf(value)
    return Fraction(value)


def approximate(x: Number) -> Float:
    """The number to 50 digits."""
    if isinstance(x, Fraction):
        return context.mpf(x.numerator) / x.denominator
    return x


def is_nan(x: Number) -> bool:
    return not isinstance(x, Fraction) and bool(context.isnan(x))


def is_finite(x: Number) -> bool:
    return isinstance(x, Fraction) or bool(context.isfinite(x))


def _binary(operation: Callable[[Any, Any], Any]) -> Callable[[Number, Number], Number]:
    """The operation on two rationals as they are, on anything else to 50 digits."""

    def apply(a: Number, b: Number) -> Number:
        if type(a) is Fraction and type(b) is Fraction:
            return operation(a, b)
        return operation(approximate(a), approximate(b))

    return apply


def _comparison(operation: Callable[[Any, Any], bool]) -> Callable[[Number, Number], bool]:
    """A comparison; False, or True for "is not equal", where either number is NaN."""

    def apply(a: Number, b: Number) -> bool:
        if type(a) is Fraction and type(b) is Fraction:
            return operation(a, b)
        return bool(operation(approximate(a), approximate(b)))

    return apply


add = _binary(operator.add)
subtract = _binary(operator.sub)
multiply = _binary(operator.mul)

equal = _comparison(operator.eq)
unequal = _comparison(operator.ne)
less = _comparison(operator.lt)
less_equal = _comparison(operator.le)
greater = _comparison(operator.gt)
greater_equal = _comparison(operator.ge)


def divide(a: Number, b: Number) -> Number:
    if b == 0:
        return NAN if is_nan(a) or a == 0 else multiply(sign(a), INFINITY)
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a / b
    if not is_finite(a) and not is_finite(b):
        return NAN
    return approximate(a) / approximate(b)


def negate(x: Number) -> Number:
    return -x


def absolute(x: Number) -> Number:
    return abs(x)


def sign(x: Number) -> Number:
    return x if is_nan(x) else Fraction((x > 0) - (x < 0))


def square(x: Number) -> Number:
    return multiply(x, x)


def square_root(x: Number) -> Number:
    """The root, rational where it is."""
    if is_nan(x) or x < 0:
        return NAN
    if isinstance(x, Fraction):
        above, below = math.isqrt(x.numerator), math.isqrt(x.denominator)
        if above * above == x.numerator and below * below == x.denominator:
            return Fraction(above, below)
    return context.sqrt(approximate(x))


def power(base: Number, exponent: Number) -> Number:
    """``base**exponent`` on the reals; as in IEEE 754, ``x**0`` is 1 whatever x is."""
    if exponent == 0:
        return Fraction(1)
    if is_nan(base) or is_nan(exponent):
        return NAN
    whole = is_finite(exponent) and exponent == int(exponent)
    if base == 0:
        return Fraction(0) if exponent > 0 else INFINITY
    if isinstance(base, Fraction) and whole and abs(exponent) <= _LARGEST_EXACT_EXPONENT:
        return base ** int(exponent)
    if not is_finite(exponent):
        return _power_to_infinity(absolute(base), exponent)
    if base < 0 and not whole:
        return NAN
    return context.power(approximate(base), int(exponent) if whole else approximate(exponent))


def _power_to_infinity(size: Number, exponent: Number) -> Number:
    if size == 1:
        return Fraction(1)
    grows = greater(size, Fraction(1)) == (exponent > 0)
    return INFINITY if grows else Fraction(0)


def exponential(x: Number) -> Number:
    """The exponential; 0 or infinity where its own exponent would not fit into memory."""
    if is_finite(x) and abs(x) > _LARGEST_EXPONENT:
        return INFINITY if x > 0 else Fraction(0)
    return context.exp(approximate(x))


def logarithm(x: Number) -> Number:
    if is_nan(x) or x < 0:
        return NAN
    return -INFINITY if x == 0 else context.log(approximate(x))


def cosine(x: Number) -> Number:
    return context.cos(approximate(x)) if is_finite(x) else NAN


def floor(x: Number) -> Number:
    """The largest whole number that is not above it."""
    if not is_finite(x):
        return x
    return Fraction(math.floor(x) if isinstance(x, Fraction) else int(context.floor(x)))


def modulo(a: Number, b: Number) -> Number:
    """``a - b*floor(a/b)``, which has the sign of b."""
    return subtract(a, multiply(b, floor(divide(a, b))))


def maximum(a: Number, b: Number) -> Number:
    """The larger number; NaN if either is."""
    return b if is_nan(b) or less(a, b) else a


def minimum(a: Number, b: Number) -> Number:
    """The smaller number; NaN if either is."""
    return b if is_nan(b) or greater(a, b) else a


def clip(x: Number, lower: Number, upper: Number) -> Number:
    return minimum(maximum(x, lower), upper)


def lerp(start: Number, end: Number, weight: Number) -> Number:
    """``(1 - weight)*start + weight*end``."""
    rest = subtract(Fraction(1), weight)
    return add(multiply(rest, start), multiply(weight, end))


def one_minus_power(base: Number, exponent: Number) -> Number:
    return subtract(Fraction(1), power(base, exponent))
