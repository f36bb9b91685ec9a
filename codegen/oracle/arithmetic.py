"""The arithmetic of exact numbers, and their order; see ``exact``."""

import math
import operator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import arb, fmpq

from . import reals
from .reals import OfPi, Real, Root

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


def is_zero(x: Number) -> bool:
    return type(x) is fmpq and x == 0


def add(a: Number, b: Number) -> Number:
    if type(a) is fmpq and type(b) is fmpq:
        return a + b
    if isinstance(a, float) or isinstance(b, float):
        return _as_limit(a) + _as_limit(b)
    if is_zero(a) or is_zero(b):
        return b if is_zero(a) else a
    if isinstance(a, OfPi) and isinstance(b, OfPi):
        return _of_pi(a.factor + b.factor)
    if _negated(a) is b or _negated(b) is a:
        return ZERO
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
    if is_zero(a) or is_zero(b):
        return ZERO
    for one, other in ((a, b), (b, a)):
        if type(one) is fmpq and abs(one) == 1:
            return other if one == 1 else negate(other)
    if isinstance(a, Root | fmpq) and isinstance(b, Root | fmpq):
        return reals.root(reals.sign(a) * reals.sign(b), squared(a) * squared(b))
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
    if is_zero(a) or a is b:
        return ZERO if is_zero(a) else ONE
    if type(b) is fmpq and b == 1:
        return a
    if isinstance(a, Root | fmpq) and isinstance(b, Root | fmpq):
        return reals.root(reals.sign(a) * below, squared(a) / squared(b))
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
            within = _negated(x)
            return Real(_NEGATION, x) if within is None else within
    return -x


_NEGATION = arb.__neg__


def _negated(x: Number) -> Number | None:
    """What a number is made of as its negative; None of any other."""
    return x.operands[0] if isinstance(x, Real) and x.make is _NEGATION else None


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
        x, y = squared(a), squared(b)
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


def ends(x: Number, bits: int = 128) -> tuple[Number, Number]:
    """Two numbers it lies between, equal where it is rational, else next to one another."""
    if not isinstance(x, Real):
        return x, x
    low, high = reals.ends(reals.narrow(x, bits))
    return low.fmpq(), high.fmpq()


def _as_limit(x: Number) -> float:
    """Something infinite or NaN as it is, and of any other number its sign."""
    return x if isinstance(x, float) else float(reals.sign(x))


def squared(x: Root | fmpq) -> fmpq:
    return x.square if isinstance(x, Root) else x * x


def _of_pi(factor: fmpq) -> Number:
    return OfPi(factor) if factor else ZERO
