"""Errors in units in the last place (ulp).

The unit is the distance between neighbouring floats at ``scale``, or at the exact value where that
is the larger. Of a step the scale is how large the terms are that the equation sums: where they
nearly cancel, their rounding alone is many ulps of the small result, in any order of operations
and with any implementation that keeps the dtype. An implementation answers for its roundings, and
those are as large as the terms they round.

Exact values are taken apart once (:class:`Expected`), into the nearest float64 and what is left of
them, so that any number of implementations can be held against them without exact arithmetic. A
value is then known to a part in 2^100, and an error as well as floats can say.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from flint import arb, ctx
from numpy.typing import ArrayLike, NDArray

from ..oracle.exact import Number, fmpq
from ..oracle.formats import Format, to_exact
from ..oracle.reals import narrow

Doubles = NDArray[np.float64]

_LEAST = np.nextafter(np.longdouble(0), np.longdouble(1))
"""Where this is float64, half of its smallest number is none, and the whole has to do."""

_KNOWN = 2.0**-100
"""Relative: to how much of it an exact value is known."""


_BITS = 256
"""Of an exact value while it is taken apart: beyond what two floats can say of it."""


@dataclass(frozen=True)
class Expected:
    """Exact values of one shape: ``high + low``, and what a format rounds them to."""

    form: Format
    high: Doubles
    low: Doubles
    nearest: Doubles

    def magnitude(self, scale: ArrayLike) -> Any:
        """The scale, or the size of the value itself where that is larger, or is all there is."""
        size = np.abs(self.high)
        scale = np.abs(np.asarray(scale))
        # An old value that was infinite or NaN says nothing about the size of a finite new one.
        return np.where(np.isfinite(scale), np.maximum(scale, size), size)

    def distance(self, computed: ArrayLike) -> Doubles:
        """How far computed values are from the exact ones.

        What is not finite is right or wrong, at a distance of 0 or of infinity: NaN is matched
        by NaN alone, and an infinity, or a value that the format rounds to one, by that infinity.
        """
        got = np.asarray(computed, dtype=np.float64)
        with np.errstate(all="ignore"):
            distance = np.atleast_1d(np.abs((got - self.high) - self.low))
        distance[distance <= np.abs(self.high) * _KNOWN] = 0.0
        right = np.isfinite(got) & np.isfinite(self.nearest)
        if not right.all():
            matched = (got == self.nearest) | (np.isnan(got) & np.isnan(self.nearest))
            distance = np.where(right, distance, np.where(matched, 0.0, np.inf))
        return distance.reshape(np.shape(got))


def expected(values: ArrayLike | Number, form: Format) -> Expected:
    """Exact values, or floats, taken apart."""
    numbers = to_exact(values)
    with ctx.workprec(_BITS):
        parts = [_parts(x) for x in numbers.ravel()]
    high, low = np.array(parts, dtype=np.float64).reshape(-1, 2).T
    shape = numbers.shape
    return Expected(
        form, high.reshape(shape), low.reshape(shape), rounded(high, low, form).reshape(shape)
    )


def errors(computed: ArrayLike, exact: Any, scale: ArrayLike, form: Format) -> Doubles:
    """The error of each computed value, in ulps of ``form`` at ``scale``.

    Args:
        computed: floats as an implementation returned them.
        exact: what they should be; arrays of exact numbers, or floats.
        scale: where the unit is taken; broadcast to the others.
        form: the format of the computed values.

    Returns:
        An array of the shape of ``computed``; a computed value that is correctly rounded
        has an error of at most 1/2.

    Raises:
        ValueError: ``computed`` and ``exact`` differ in shape.
    """
    if np.shape(computed) != np.shape(exact):
        raise ValueError(f"computed has shape {np.shape(computed)}, exact has {np.shape(exact)}")
    known = expected(exact, form)
    with np.errstate(over="ignore", under="ignore"):
        return known.distance(computed) / units(known.magnitude(scale), form)


def units(magnitude: Any, form: Format) -> Doubles:
    """The ulp at each magnitude, see :meth:`Format.ulp`; of an infinity that of the largest."""
    smallest, largest = _range(form)
    within = np.minimum(np.maximum(magnitude, smallest), largest)
    _, exponent = np.frexp(np.asarray(within, dtype=np.float64))
    return np.ldexp(1.0, exponent - form.precision)


def half_units(magnitude: Any, form: Format) -> NDArray[np.longdouble]:
    """How far one rounding to nearest can lead at each magnitude."""
    return np.maximum(units(magnitude, form).astype(np.longdouble) / 2, _LEAST)


@cache
def _range(form: Format) -> tuple[float, float]:
    return float(form.smallest_normal), float(form.largest)


def rounded(high: Doubles, low: Doubles, form: Format) -> Doubles:
    """The values of a format that are nearest to ``high + low``, ties to even."""
    if form.precision == 53:
        return high
    # To odd first: a middle between two values of the format that high is, and the sum is not,
    # is left towards the sum.
    last = high.view(np.int64) & 1
    inexact = (low != 0) & (last == 0) & np.isfinite(high)
    odd = np.where(inexact, np.nextafter(high, np.copysign(np.inf, low)), high)
    with np.errstate(invalid="ignore", over="ignore"):
        unit = units(np.abs(odd), form)
        nearest = np.where(np.isfinite(odd), np.rint(odd / unit) * unit, odd)
        return np.where(
            np.isfinite(nearest) & (np.abs(nearest) > float(form.largest)),
            np.copysign(np.inf, nearest),
            nearest,
        )


def nearest(x: NDArray[np.longdouble], form: Format) -> NDArray[np.longdouble]:
    """The values of a format that are nearest to numbers of a wider one."""
    high = np.asarray(x, dtype=np.float64)
    rest = np.where(np.isfinite(high), x - high, 0.0).astype(np.float64)
    return rounded(high, rest, form).astype(np.longdouble)


def _parts(x: Number) -> tuple[float, float]:
    """The float64 next to a number, and that next to the rest."""
    if isinstance(x, float):
        return x, 0.0
    ball = arb(x) if type(x) is fmpq else narrow(x).mid()
    high = float(ball)
    if not math.isfinite(high):
        return high, 0.0
    rest = ball - arb(high)
    if not rest.is_exact() and (rest.contains(0) or float(ball.lower()) != float(ball.upper())):
        return _parts_of_rational(x)  # it may be next to a float, or to the middle of two
    return high, float(rest)


def _parts_of_rational(x: Any) -> tuple[float, float]:
    high = float(x)
    return high, float(x - fmpq(*high.as_integer_ratio()))
