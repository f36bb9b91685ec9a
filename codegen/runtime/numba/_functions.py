"""Functions that processors have no instruction for, of float32, as arithmetic that they do.

A loop that calls the C library for each of its elements takes them one by one, and ten times as
long as memory does. Here they are sums of products, which a loop has for many at once; what is
special, such as an infinity, is chosen and not branched to. As all else in kernels they round after
every operation, and so are the same on every machine. Of float64 they are the C library's.

Seen of all floats (``atan2`` and ``power`` of millions of pairs), in ulps: ``exp`` 1.05,
``atan2`` 1.71, ``log`` and ``power`` 0.502, ``cube_root`` 0.500.
"""

import math
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic, overload

from ._helper import INLINED, inlined


@intrinsic
def bits_of(typing: Any, number: Any) -> Any:
    """The bits of a float, as a whole number of as many."""
    kind = {types.float32: types.int32, types.float64: types.int64}[number]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(kind))

    return kind(number), generate


@intrinsic
def of_bits(typing: Any, bits: Any) -> Any:
    """The float that has these bits."""
    float32 = dict.fromkeys((types.int32, types.uint32), types.float32)
    kind = {types.int64: types.float64, **float32}[bits]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(kind))

    return kind(bits), generate


def _polynomial(first: Any, *others: Any) -> Any:
    """What has these coefficients, of rising powers."""
    if not others:
        return inlined(lambda x: first)
    rest = _polynomial(*others)
    return inlined(lambda x: rest(x) * x + first)


_F = np.float32

_ROUNDER = _F(1.5 * 2**23)
"""What is added to this has no fraction left, and its last bits are those of a whole number."""
_PER_LN2 = _F(1 / math.log(2))
_LN2, _LN2_LESS = _F(0.693145751953125), _F(1.4286068203094172e-06)
"""The first has few digits, so that its product with a whole number is exact."""
_EXP_REST = _polynomial(
    *map(
        _F,
        (0.5, 0.1666657702559799, 0.041666554662050534, 0.008363173074513711, 0.001392617611993558),
    )
)
"""(e**r - 1 - r)/r**2, within half of ln 2 of 0."""
_EXP_OVER, _EXP_UNDER = _F(89), _F(-104)


def exp(x: Any) -> Any:
    """The exponential."""


@overload(exp, jit_options=INLINED)
def _exp(x: Any) -> Any:
    def plain(x: Any) -> Any:
        return math.exp(x)

    def of_float32(x: Any) -> Any:
        bounded = (x if x < _EXP_OVER else _EXP_OVER) if x > _EXP_UNDER else _EXP_UNDER
        shifted = bounded * _PER_LN2 + _ROUNDER
        k = shifted - _ROUNDER
        r = (bounded - k * _LN2) - k * _LN2_LESS
        near_one = _EXP_REST(r) * r * r + r + _F(1)
        # By two powers of 2: one by itself may be beyond what there is.
        whole = np.int32(bits_of(shifted) - bits_of(_ROUNDER))
        half = np.int32(whole >> 1)
        result = near_one * _power_of_two(half) * _power_of_two(whole - half)
        return x if x != x else result

    return of_float32 if x == types.float32 else plain


@inlined
def _power_of_two(whole: Any) -> Any:
    return of_bits(np.int32((whole + 127) << 23))


_ATAN_REST = _polynomial(
    *map(
        _F,
        (
            -0.3333333173306352,
            0.1999973932983558,
            -0.14278568748210602,
            0.11033764115313455,
            -0.08656880430154522,
            0.06250169444749563,
            -0.03587153898204336,
            0.013507771427020535,
            -0.002386997316724113,
        ),
    )
)
"""(atan(q)/q - 1)/q**2 of q**2, from 0 to 1."""
_PI, _PI_MORE = _F(math.pi), _F(-8.742278000372486e-08)
_QUARTER, _QUARTER_MORE = _F(math.pi / 2), _F(-4.371139000186243e-08)


def atan2(y: Any, x: Any) -> Any:
    """The angle of the point (x, y)."""


@overload(atan2, jit_options=INLINED)
def _atan2(y: Any, x: Any) -> Any:
    def plain(y: Any, x: Any) -> Any:
        return math.atan2(y, x)

    def of_float32(y: Any, x: Any) -> Any:
        high, wide = abs(y), abs(x)
        is_steep = high > wide
        larger, less = high if is_steep else wide, wide if is_steep else high
        quotient = less / larger
        equal = _F(0) if larger == _F(0) else _F(1)  # 0 to 0, or infinity to infinity
        q = equal if high == wide else quotient
        z = q * q
        angle = _ATAN_REST(z) * z * q + q
        angle = (_QUARTER - angle) + _QUARTER_MORE if is_steep else angle
        angle = (_PI - angle) + _PI_MORE if math.copysign(_F(1), x) < _F(0) else angle
        return math.copysign(angle, y)

    return of_float32 if y == x == types.float32 else plain


_ROOT_OF_HALF = np.int64(0x3FE6A09E667F3BCD)
_ROUNDER_64 = 1.5 * 2.0**52
_LN2_64 = math.log(2)
_FRACTION = np.int64(52)
_LOG2_REST = _polynomial(
    2.8853900817899927,
    0.9617966734437802,
    0.5770835675908139,
    0.41167366555365853,
    0.3407139976906581,
)
"""log2((1 + s)/(1 - s))/s of s**2, of numbers from the root of a half to that of 2."""
_EXP2 = _polynomial(
    0.9999999999595618,
    0.6931471805568324,
    0.24022651213498092,
    0.055504109063258665,
    0.009618025613318034,
    0.0013333478473685416,
    0.00015469729214118296,
    1.5303700711365693e-05,
)
"""2**r, within a half of 0."""


def log(x: Any) -> Any:
    """The natural logarithm."""


@overload(log, jit_options=INLINED)
def _log(x: Any) -> Any:
    def plain(x: Any) -> Any:
        return np.log(x)

    def of_float32(x: Any) -> Any:
        result = _F(_LN2_64 * _log2(np.float64(x)))
        result = _F(-np.inf) if x == _F(0) else result
        result = x if x == _F(np.inf) else result
        return result if x >= _F(0) else _F(np.nan)

    return of_float32 if x == types.float32 else plain


def power(x: Any, exponent: Any, is_half: Any) -> Any:
    """A power, whose exponent is finite; a kernel is compiled for whether it is a half."""


@overload(power, jit_options=INLINED)
def _power(x: Any, exponent: Any, is_half: Any) -> Any:
    def plain(x: Any, exponent: Any, is_half: Any) -> Any:
        return _root(x) if is_half else x**exponent

    def of_float32(x: Any, exponent: Any, is_half: Any) -> Any:
        return _root(x) if is_half else _any_power(x, exponent)

    return of_float32 if x == exponent == types.float32 else plain


@inlined
def _root(x: Any) -> Any:
    """The power a half, which has no sign where the square root of -0 has one."""
    result = np.sqrt(x + type(x)(0))
    return type(x)(np.inf) if x == -np.inf else result


@inlined
def _any_power(x: Any, exponent: Any) -> Any:
    """Of float32."""
    y, size = np.float64(exponent), np.float64(abs(x))
    at_0 = _F(0) if y > 0 else _F(np.inf)
    at_infinity = _F(np.inf) if y > 0 else _F(0)
    is_whole = y == np.floor(y)
    is_odd = is_whole & (np.floor(y / 2) * 2 != y)
    result = _F(_exp2(y * _log2(size)))
    result = at_0 if size == 0 else result
    result = at_infinity if size == np.inf else result
    sign = math.copysign(_F(1), x) if is_odd else _F(1)
    has_none = (x < _F(0)) & (size != np.inf) & (not is_whole)
    result = _F(np.nan) if has_none else sign * result
    result = x if x != x else result
    return _F(1) if (y == 0) | (x == _F(1)) else result


def cube_root(x: Any) -> Any:
    """The power a third, which negative numbers have none of."""


@overload(cube_root, jit_options=INLINED)
def _cube_root(x: Any) -> Any:
    def plain(x: Any) -> Any:
        return x ** (1 / 3)

    def of_float32(x: Any) -> Any:
        size = abs(x)
        guess = np.float64(_inverse_cube_root(size))
        square = np.float64(size) * guess * guess
        e = 1.0 - square * guess
        result = _F(square + square * e * _SQUARE_REST(e))
        result = _F(np.inf) if size == _F(np.inf) else result
        result = _F(np.nan) if (x < _F(0)) & (size != _F(np.inf)) else result
        return x if x != x else result

    return of_float32 if x == types.float32 else plain


_THIRD = _F(1 / 3)
_FIRST = _F(0x54A20000)
"""With it the first guess below is within a thirtieth, and the second within 2**-16."""
_REST = _polynomial(*map(_F, (1 / 3, 2 / 9, 14 / 81)))
"""((1 - e)**(-1/3) - 1)/e, near 0."""
_SQUARE_REST = _polynomial(2 / 3, 5 / 9)
"""((1 - e)**(-2/3) - 1)/e, nearer still."""
_NORMAL, _UP, _DOWN = _F(2.0**-126), _F(2.0**24), _F(2.0**8)
"""The least float that has all digits, what makes such of less, and what undoes it below."""


@inlined
def _inverse_cube_root(x: Any) -> Any:
    """Nearly, of a positive float32; of 0 a number, of infinity anything."""
    size = x if x >= _NORMAL else x * _UP
    # Its bits are nearly the logarithm: minus a third of them.
    guess = of_bits(np.int32(_FIRST - _F(bits_of(size)) * _THIRD))
    e = _F(1) - size * guess * guess * guess
    nearer = guess + guess * e * _REST(e)
    return nearer if x >= _NORMAL else nearer * _DOWN


@inlined
def _log2(x: Any) -> Any:
    """Of a positive float64 that float32 has; of others anything."""
    bits = bits_of(x)
    # From the root of a half on, so that the logarithm of what is near 1 is near 0.
    whole = (bits - _ROOT_OF_HALF) >> _FRACTION
    carried = of_bits(bits - (whole << _FRACTION))
    e = of_bits(whole + bits_of(_ROUNDER_64)) - _ROUNDER_64
    s = (carried - 1.0) / (carried + 1.0)
    return e + s * _LOG2_REST(s * s)


@inlined
def _exp2(t: Any) -> Any:
    bounded = (t if t < 200.0 else 200.0) if t > -200.0 else -200.0
    shifted = bounded + _ROUNDER_64
    r = bounded - (shifted - _ROUNDER_64)
    return of_bits(bits_of(_EXP2(r)) + ((bits_of(shifted) - bits_of(_ROUNDER_64)) << _FRACTION))
