"""Exact numbers: rationals as long as they last, 50 digits where a root or a power needs them.

A number is a ``Fraction`` where it is rational and known exactly, else an mpmath ``mpf``
with 50 digits and an unbounded exponent. Infinities and NaN are ``mpf`` and follow IEEE 754
(without signed zeros): ``inf - inf`` is NaN, ``1 / 0`` is infinite.
"""

import math
from collections.abc import Callable
from fractions import Fraction

import mpmath

context = mpmath.MPContext()
context.dps = 50

Float = context.mpf
Number = Fraction | Float

NAN = context.mpf("nan")
INFINITY = context.mpf("inf")


def exact(value: float | int | str | Fraction) -> Number:
    """The number a float stands for, or a decimal says, without rounding."""
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


def _binary(
    rational: Callable[[Fraction, Fraction], Fraction], real: Callable[[Float, Float], Float]
) -> Callable[[Number, Number], Number]:
    def operation(a: Number, b: Number) -> Number:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            return rational(a, b)
        return real(approximate(a), approximate(b))

    return operation


add = _binary(lambda a, b: a + b, lambda a, b: a + b)
subtract = _binary(lambda a, b: a - b, lambda a, b: a - b)
multiply = _binary(lambda a, b: a * b, lambda a, b: a * b)


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
    if is_nan(x) or x < 0:
        return NAN
    return context.sqrt(approximate(x))


def power(base: Number, exponent: Number) -> Number:
    small = isinstance(exponent, Fraction) and exponent.denominator == 1 and abs(exponent) <= 64
    if small and isinstance(base, Fraction) and not (base == 0 and exponent < 0):
        return base ** int(exponent)
    if base == 0:
        return Fraction(0) if exponent > 0 else INFINITY
    if base < 0 and not small:
        return NAN
    return context.power(approximate(base), approximate(exponent))


def exponential(x: Number) -> Number:
    return context.exp(approximate(x))


def logarithm(x: Number) -> Number:
    if is_nan(x) or x < 0:
        return NAN
    return -INFINITY if x == 0 else context.log(approximate(x))


def maximum(a: Number, b: Number) -> Number:
    """The larger number; NaN if either is."""
    return a if is_nan(a) else b if is_nan(b) else max(a, b)


def minimum(a: Number, b: Number) -> Number:
    """The smaller number; NaN if either is."""
    return a if is_nan(a) else b if is_nan(b) else min(a, b)


def clip(x: Number, lower: Number, upper: Number) -> Number:
    return minimum(maximum(x, lower), upper)


def lerp(start: Number, end: Number, weight: Number) -> Number:
    """``(1 - weight)*start + weight*end``."""
    return add(multiply(subtract(Fraction(1), weight), start), multiply(weight, end))


def one_minus_power(base: Number, exponent: Number) -> Number:
    return subtract(Fraction(1), power(base, exponent))
