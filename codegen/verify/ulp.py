"""Errors in units in the last place (ulp).

The unit is the distance between neighbouring floats at ``scale``, or at the exact value where that
is the larger. Of a step the scale is how large the terms are that the equation sums: where they
nearly cancel, their rounding alone is many ulps of the small result, in any order of operations
and with any implementation that keeps the dtype. An implementation answers for its roundings, and
those are as large as the terms they round.
"""

import math
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..oracle.exact import Number, absolute, equal, is_finite, is_nan, less, maximum
from ..oracle.formats import Format, rational, to_exact


def errors(
    computed: ArrayLike, exact: ArrayLike, scale: ArrayLike, form: Format
) -> NDArray[np.float64]:
    """The error of each computed value, in ulps of ``form`` at ``scale``.

    What is not finite is right or wrong, an error of 0 or of infinity: NaN is matched by
    NaN alone, and an infinity, or a value that ``form`` rounds to one, by that infinity.

    Args:
        computed: floats (or exact numbers) as an implementation returned them.
        exact: what they should be; arrays of exact numbers, or floats.
        scale: where the unit is taken; broadcast to the others.
        form: the format of the computed values.

    Returns:
        An array of the shape of ``computed``; a computed value that is correctly rounded
        has an error of at most 1/2.

    Raises:
        ValueError: ``computed`` and ``exact`` differ in shape.
    """
    got, expected = to_exact(computed), to_exact(exact)
    if got.shape != expected.shape:
        raise ValueError(f"computed has shape {got.shape}, exact has {expected.shape}")
    units = np.broadcast_to(to_exact(scale), got.shape)
    found = [
        error(x, y, unit, form)
        for x, y, unit in zip(got.ravel(), expected.ravel(), units.ravel(), strict=True)
    ]
    return np.array(found, dtype=np.float64).reshape(got.shape)


def error(computed: Number, exact: Number, scale: Number, form: Format) -> float:
    """The error of one value, see :func:`errors`."""
    if is_nan(exact):
        return 0.0 if is_nan(computed) else math.inf
    nearest = form.round(exact)
    if not is_finite(nearest) or not is_finite(computed):
        return 0.0 if equal(computed, nearest) else math.inf
    # An old value that was infinite or NaN says nothing about the size of a finite new one.
    magnitude = maximum(absolute(scale), absolute(exact)) if is_finite(scale) else exact
    distance = abs(rational(computed) - _within_reach(exact, form)) / form.ulp(magnitude)
    try:
        return float(distance)
    except OverflowError:
        return math.inf


def _within_reach(x: Number, form: Format) -> Fraction:
    """The number as a fraction, or 0 where it is too small for a difference to matter.

    A 50-digit number has an unbounded exponent: beta**t for a large t can be a fraction of
    a million digits, all of them far below the smallest subnormal.
    """
    if less(absolute(x), form.ulp(Fraction(0)) / 2**64):
        return Fraction(0)
    return rational(x)
