"""Exact numbers: rational as long as they last, enclosed where a root or a power needs it.

A number is an ``fmpq`` where it is rational and known exactly, else a :class:`~.reals.Real`, whose
digits are computed as far as it takes to decide what is asked of it. Infinities and NaN are
floats and follow IEEE 754 (without signed zeros): ``inf - inf`` is NaN, ``1 / 0`` is infinite.

Raises:
    UndecidedError: numbers are compared, or one is rounded, and ten thousand digits do not tell
        what they are; by whatever depends on it.
"""

import operator
from collections.abc import Callable

from flint import arb, fmpq, fmpz

from . import reals
from .arithmetic import (
    CATALAN,
    EULER_GAMMA,
    INFINITY,
    NAN,
    ONE,
    PI,
    ZERO,
    E,
    Number,
    absolute,
    add,
    divide,
    ends,
    equal,
    exact,
    fraction,
    greater,
    greater_equal,
    is_finite,
    is_nan,
    is_rational,
    is_zero,
    less,
    less_equal,
    multiply,
    negate,
    same,
    sign,
    subtract,
    unequal,
)
from .reals import OfPi, Real, Root, UndecidedError

__all__ = [
    "CATALAN",
    "EULER_GAMMA",
    "INFINITY",
    "NAN",
    "ONE",
    "PI",
    "ZERO",
    "E",
    "Number",
    "Real",
    "UndecidedError",
    "absolute",
    "add",
    "angle",
    "clip",
    "cosine",
    "divide",
    "ends",
    "equal",
    "error_function",
    "exact",
    "exponential",
    "floor",
    "fmpq",
    "fraction",
    "greater",
    "greater_equal",
    "hyperbolic_tangent",
    "is_finite",
    "is_nan",
    "is_rational",
    "is_whole",
    "is_zero",
    "lerp",
    "less",
    "less_equal",
    "logarithm",
    "maximum",
    "minimum",
    "modulo",
    "multiply",
    "negate",
    "one_minus_power",
    "power",
    "same",
    "sign",
    "square",
    "square_root",
    "subtract",
    "unequal",
]

_LARGEST_EXACT_POWER = 4096
"""In bits: what is longer is enclosed."""

_LARGEST_EXPONENT = 2**128
"""Of e: what is beyond has an exponent of more than that many bits itself."""


_LARGEST_LEVELLING = 2**64
"""Beyond, what a hyperbolic tangent is from 1 has an exponent of as many bits."""


def square(x: Number) -> Number:
    return multiply(x, x)


def square_root(x: Number) -> Number:
    """The root, rational where it is."""
    if isinstance(x, float):
        return NAN if x < 0 else x
    if (of := reals.sign(x)) <= 0:
        return ZERO if of == 0 else NAN
    return reals.root(1, x) if isinstance(x, fmpq) else Real(arb.sqrt, x)


def power(base: Number, exponent: Number) -> Number:
    """``base**exponent`` on the reals; as in IEEE 754, ``x**0`` is 1 whatever x is."""
    if is_zero(exponent):
        return ONE
    if is_nan(base) or is_nan(exponent):
        return NAN
    if isinstance(exponent, float):
        return _power_to_infinity(absolute(base), exponent)
    rises = reals.sign(exponent) > 0
    whole = exponent.numerator if isinstance(exponent, fmpq) and is_whole(exponent) else None
    if isinstance(base, float):
        return _power_of_infinity(base, whole, rises=rises)
    if (of := reals.sign(base)) == 0:
        return ZERO if rises else INFINITY
    if whole is None:
        return NAN if of < 0 else Real(operator.pow, base, exponent)
    if isinstance(base, fmpq) and base.height_bits() * abs(whole) <= _LARGEST_EXACT_POWER:
        return base**whole
    if abs(base) == 1 if isinstance(base, fmpq) else False:
        return ONE if of > 0 or whole % 2 == 0 else -ONE
    if isinstance(base, Root):
        squares = power(base.square, fmpq(whole // 2))
        return multiply(squares, base) if whole % 2 else squares
    return Real(lambda x: x**whole, base)


def is_whole(x: Number) -> bool:
    """Whether it is known to be a whole number."""
    return isinstance(x, fmpq) and x.denominator == 1


def _power_to_infinity(size: Number, exponent: float) -> Number:
    if equal(size, ONE):
        return ONE
    return INFINITY if greater(size, ONE) == (exponent > 0) else ZERO


def _power_of_infinity(base: float, whole: fmpz | None, *, rises: bool) -> Number:
    if not rises:
        return ZERO
    if base > 0:
        return INFINITY
    return NAN if whole is None else -INFINITY if whole % 2 else INFINITY


def exponential(x: Number) -> Number:
    """The exponential; 0 or infinity where its own exponent would not fit into memory."""
    if greater(absolute(x), fmpq(_LARGEST_EXPONENT)):
        return INFINITY if greater(x, ZERO) else ZERO
    if isinstance(x, float) or is_zero(x):
        return x if isinstance(x, float) else ONE
    return Real(arb.exp, x)


def hyperbolic_tangent(x: Number) -> Number:
    """The hyperbolic tangent; -1 or 1 where what is left to it would not fit into memory."""
    return _levelling(arb.tanh, x)


def error_function(x: Number) -> Number:
    """The integral of the normal density, twice that from 0 to x*sqrt(2); else the same."""
    return _levelling(arb.erf, x)


def _levelling(function: Callable[[arb], arb], x: Number) -> Number:
    """An odd function that goes to 1, by a power of e at least."""
    if is_nan(x) or is_zero(x):
        return x
    if greater(absolute(x), fmpq(_LARGEST_LEVELLING)):
        return sign(x)
    return Real(function, x)


def angle(y: Number, x: Number) -> Number:
    """The angle of the point (x, y), in (-pi, pi]; 0 of (0, 0), and as in IEEE 754 far away.

    Here 0 has no sign: where y is 0 and x is negative, it is pi.
    """
    if is_nan(y) or is_nan(x):
        return NAN
    far = not (is_finite(y) and is_finite(x))
    across, up = (0 if far and is_finite(z) else greater(z, ZERO) - less(z, ZERO) for z in (x, y))
    if across and up and not far:
        return Real(arb.atan2, y, x)
    eighths = _EIGHTHS[across, up]
    return multiply(PI, fmpq(-eighths if eighths == 4 and less(y, ZERO) else eighths, 4))


_EIGHTHS = {
    **{(0, 0): 0, (1, 0): 0, (1, 1): 1, (0, 1): 2, (-1, 1): 3},
    **{(-1, 0): 4, (-1, -1): -3, (0, -1): -2, (1, -1): -1},
}
"""Of a turn, by the directions of x and y."""


def logarithm(x: Number) -> Number:
    if isinstance(x, float):
        return NAN if x < 0 else x
    if (of := reals.sign(x)) <= 0:
        return -INFINITY if of == 0 else NAN
    return ZERO if isinstance(x, fmpq) and x == 1 else Real(arb.log, x)


def cosine(x: Number) -> Number:
    """The cosine, rational where it is one of a rational multiple of pi."""
    if isinstance(x, float):
        return NAN
    if isinstance(x, OfPi):
        twelfths = 12 * x.factor
        if is_whole(twelfths):
            known = _COSINES.get(int(twelfths.numerator % 24))
            if known is not None:
                return known
        factor = x.factor
        return Real(lambda: arb.cos_pi_fmpq(factor))
    return ONE if is_zero(x) else Real(arb.cos, x)


def sine(x: Number) -> Number:
    """The sine, likewise."""
    if isinstance(x, float):
        return NAN
    if isinstance(x, OfPi):
        return cosine(subtract(multiply(PI, fmpq(1, 2)), x))
    return ZERO if is_zero(x) else Real(arb.sin, x)


_COSINES = {
    **{0: ONE, 4: fmpq(1, 2), 6: ZERO, 8: fmpq(-1, 2)},
    **{12: -ONE, 16: fmpq(-1, 2), 18: ZERO, 20: fmpq(1, 2)},
}
"""By twelfths of pi: no other rational multiple of pi has a rational cosine."""


def floor(x: Number) -> Number:
    """The largest whole number that is not above it."""
    if isinstance(x, float):
        return x
    return reals.floor(x) if isinstance(x, Real) else fmpq(x.floor())


def modulo(a: Number, b: Number) -> Number:
    """``a - b*floor(a/b)``, which has the sign of b."""
    return subtract(a, multiply(b, floor(divide(a, b))))


def maximum(a: Number, b: Number) -> Number:
    """The larger number; NaN if either is."""
    if isinstance(a, float) or isinstance(b, float) or (type(a) is fmpq and type(b) is fmpq):
        return b if is_nan(b) or less(a, b) else a
    return a if a is b else Real(arb.max, a, b)


def minimum(a: Number, b: Number) -> Number:
    """The smaller number; NaN if either is."""
    if isinstance(a, float) or isinstance(b, float) or (type(a) is fmpq and type(b) is fmpq):
        return b if is_nan(b) or greater(a, b) else a
    return a if a is b else Real(arb.min, a, b)


def clip(x: Number, lower: Number, upper: Number) -> Number:
    return minimum(maximum(x, lower), upper)


def lerp(start: Number, end: Number, weight: Number) -> Number:
    """``(1 - weight)*start + weight*end``."""
    return add(multiply(subtract(ONE, weight), start), multiply(weight, end))


def one_minus_power(base: Number, exponent: Number) -> Number:
    return subtract(ONE, power(base, exponent))
