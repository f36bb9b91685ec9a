"""Exact numbers: rational as long as they last, enclosed where a root or a power needs it.

A number is an ``fmpq`` where it is rational and known exactly, else a :class:`~.reals.Real`, whose
digits are computed as far as it takes to decide what is asked of it. Infinities and NaN are
floats and follow IEEE 754 (without signed zeros): ``inf - inf`` is NaN, ``1 / 0`` is infinite.

Raises:
    UndecidedError: numbers are compared, or one is rounded, and ten thousand digits do not tell
        what they are; by whatever depends on it.
"""

import math
import operator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import arb, fmpq, fmpz

from . import reals
from .reals import OfPi, Real, Root
from .reals import UndecidedError as UndecidedError

if TYPE_CHECKING:
    Limit: TypeAlias = Any  # checkers take an int for a float, and what is no float may be an int
else:
    Limit: TypeAlias = float
Number: TypeAlias = fmpq | Real | Limit
"""A float is infinite or NaN."""

ZERO, ONE = fmpq(0), fmpq(1)
NAN = math.nan
INFINITY = math.inf
PI = OfPi(ONE)
E = Real(arb.const_e)
EULER_GAMMA = Real(arb.const_euler)
CATALAN = Real(arb.const_catalan)

_LARGEST_EXACT_POWER = 4096
"""In bits: what is longer is enclosed."""

_LARGEST_EXPONENT = 2**128
"""Of e: what is beyond has an exponent of more than that many bits itself."""


def exact(value: "float | int | str | Fraction | Number") -> Number:
    """The number a float stands for, or a decimal says, without rounding."""
    match value:
        case fmpq() | Real():
            return value
        case float():
            return fmpq(*value.as_integer_ratio()) if math.isfinite(value) else float(value)
        case str():
            value = Fraction(value)
    above, below = value.as_integer_ratio()
    return fmpq(above, below)


def fraction(x: fmpq) -> Fraction:
    """A rational number as those of Python."""
    return Fraction(int(x.numerator), int(x.denominator))


def is_nan(x: Number) -> bool:
    return isinstance(x, float) and math.isnan(x)


def is_finite(x: Number) -> bool:
    return not isinstance(x, float)


def is_rational(x: Number) -> bool:
    """Whether it is known to be."""
    return type(x) is fmpq


def _is_zero(x: Number) -> bool:
    return type(x) is fmpq and x == 0


def add(a: Number, b: Number) -> Number:
    if type(a) is fmpq and type(b) is fmpq:
        return a + b
    if isinstance(a, float) or isinstance(b, float):
        return _as_limit(a) + _as_limit(b)
    if _is_zero(a) or _is_zero(b):
        return b if _is_zero(a) else a
    if isinstance(a, OfPi) and isinstance(b, OfPi):
        return _of_pi(a.factor + b.factor)
    return Real(operator.add, a, b)


def subtract(a: Number, b: Number) -> Number:
    if type(a) is fmpq and type(b) is fmpq:
        return a - b
    if a is b and is_finite(a):
        return ZERO
    return add(a, negate(b))


def multiply(a: Number, b: Number) -> Number:
    if type(a) is fmpq and type(b) is fmpq:
        return a * b
    if isinstance(a, float) or isinstance(b, float):
        return _as_limit(a) * _as_limit(b)
    if _is_zero(a) or _is_zero(b):
        return ZERO
    if isinstance(a, Root | fmpq) and isinstance(b, Root | fmpq):
        return reals.root(reals.sign(a) * reals.sign(b), _squared(a) * _squared(b))
    if isinstance(a, OfPi) and isinstance(b, fmpq):
        return OfPi(a.factor * b)
    if isinstance(b, OfPi) and isinstance(a, fmpq):
        return OfPi(a * b.factor)
    return Real(operator.mul, a, b)


def divide(a: Number, b: Number) -> Number:
    if type(a) is fmpq and type(b) is fmpq and b != 0:
        return a / b
    if isinstance(b, float):
        return multiply(a, NAN) if is_nan(b) or not is_finite(a) else ZERO
    if (below := reals.sign(b)) == 0:
        return NAN if is_nan(a) or sign(a) == 0 else multiply(sign(a), INFINITY)
    if isinstance(a, float):
        return a * below
    if _is_zero(a) or a is b:
        return ZERO if _is_zero(a) else ONE
    if isinstance(a, Root | fmpq) and isinstance(b, Root | fmpq):
        return reals.root(reals.sign(a) * below, _squared(a) / _squared(b))
    if isinstance(a, OfPi) and isinstance(b, OfPi | fmpq):
        return a.factor / b.factor if isinstance(b, OfPi) else OfPi(a.factor / b)
    return Real(operator.truediv, a, b)


def negate(x: Number) -> Number:
    match x:
        case Root():
            return Root(-x.sign, x.square)
        case OfPi():
            return OfPi(-x.factor)
        case Real():
            return Real(arb.__neg__, x)
    return -x


def absolute(x: Number) -> Number:
    return Real(arb.__abs__, x) if isinstance(x, Real) else abs(x)


def sign(x: Number) -> Number:
    if isinstance(x, float):
        return x if math.isnan(x) else fmpq(int(math.copysign(1, x)))
    return fmpq(reals.sign(x))


def _order(a: Number, b: Number) -> float:
    """Negative, 0 or positive, as the first number is smaller, equal or larger; else NaN."""
    if type(a) is fmpq and type(b) is fmpq:
        return (a > b) - (a < b)
    if isinstance(a, float) or isinstance(b, float):
        x, y = _as_limit(a), _as_limit(b)
        return math.nan if math.isnan(x) or math.isnan(y) else (x > y) - (x < y)
    if isinstance(a, Root | fmpq) and isinstance(b, Root | fmpq):
        signs = reals.sign(a), reals.sign(b)
        if signs[0] != signs[1]:
            return signs[0] - signs[1]
        x, y = _squared(a), _squared(b)
        return signs[0] * ((x > y) - (x < y))
    difference = subtract(a, b)
    assert not isinstance(difference, float)
    return reals.sign(difference)


def equal(a: Number, b: Number) -> bool:
    return _order(a, b) == 0


def unequal(a: Number, b: Number) -> bool:
    """Whether they differ: NaN does from everything."""
    return _order(a, b) != 0


def less(a: Number, b: Number) -> bool:
    """False, as other comparisons are, where either number is NaN."""
    return _order(a, b) < 0


def less_equal(a: Number, b: Number) -> bool:
    return _order(a, b) <= 0


def greater(a: Number, b: Number) -> bool:
    return _order(a, b) > 0


def greater_equal(a: Number, b: Number) -> bool:
    return _order(a, b) >= 0


def same(a: Number, b: Number, bits: int = 128) -> bool:
    """Whether two numbers agree in their first bits, as two ways to compute one number do.

    Of rational numbers, whether they are equal. NaN is the same as NaN.
    """
    if type(a) is fmpq and type(b) is fmpq:
        return a == b
    if isinstance(a, float) or isinstance(b, float):
        return (is_nan(a) and is_nan(b)) or _as_limit(a) == _as_limit(b)
    return bool(reals.narrow(a, bits + 16).overlaps(reals.narrow(b, bits + 16)))


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
    if _is_zero(exponent):
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
    if isinstance(x, float) or _is_zero(x):
        return x if isinstance(x, float) else ONE
    return Real(arb.exp, x)


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
    return ONE if _is_zero(x) else Real(arb.cos, x)


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


def ends(x: Number, bits: int = 128) -> tuple[Number, Number]:
    """Two numbers it lies between, equal where it is rational, else next to one another."""
    if not isinstance(x, Real):
        return x, x
    low, high = reals.ends(reals.narrow(x, bits))
    return low.fmpq(), high.fmpq()


def _as_limit(x: Number) -> float:
    """Something infinite or NaN as it is, and of any other number its sign."""
    return x if isinstance(x, float) else float(reals.sign(x))


def _squared(x: Root | fmpq) -> fmpq:
    return x.square if isinstance(x, Root) else x * x


def _of_pi(factor: fmpq) -> Number:
    return OfPi(factor) if factor else ZERO
