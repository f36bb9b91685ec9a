"""Reductions along the axes of matrices, which have length one in what comes out, and sums.

They are taken in float64, or in the array's own dtype where that is wider, and rounded to its dtype
once. A norm or mean that is too small or too large to be right is taken again, of numbers scaled
by a power of two.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Axes: TypeAlias = tuple[int, ...]

_LEAST = 2.0**-450
"""A norm below it may lack what vanished of the squares."""


def norm(array: Array, axes: Axes) -> Array:
    """The Euclidean norms; 0 of no elements, and infinite where the dtype has no such number."""
    return _scaled(array, axes, _norm, lambda norms: (norms > _LEAST) & (norms < math.inf))


def mean(array: Array, axes: Axes) -> Array:
    """The means; NaN of no elements."""
    return _scaled(array, axes, _mean, np.isfinite)


def total(array: Array, axes: Axes | None = None) -> Array:
    """The sums, or that of all elements, 0-d; 0 of none."""
    with np.errstate(all="ignore"):
        return _sum(_wide(array), axes).astype(array.dtype)


def amax(array: Array, axes: Axes | None = None) -> Array:
    """The largest elements, or that of all, 0-d; NaN where there is one, and of none."""
    found = np.max(array, axes, keepdims=axes is not None, initial=-math.inf)
    of_none = array.size < found.size or not array.size
    return np.full_like(found, math.nan) if of_none else np.asarray(found)


def _norm(wide: Array, axes: Axes) -> Array:
    return np.sqrt(_sum(np.square(wide), axes))


def _mean(wide: Array, axes: Axes) -> Array:
    return _sum(wide, axes) / math.prod(wide.shape[axis] for axis in axes)


def _sum(wide: Array, axes: Axes | None) -> Array:
    return np.asarray(np.sum(wide, axes, keepdims=axes is not None))


def _scaled(
    array: Array,
    axes: Axes,
    reduce: Callable[[Array, Axes], Array],
    is_right: Callable[[Array], Any],
) -> Array:
    wide = _wide(array)
    with np.errstate(all="ignore"):
        found = reduce(wide, axes)
        right = is_right(found)
        if not right.all():
            largest = np.max(np.abs(wide), axes, keepdims=True, initial=0)
            powers = np.where(np.isfinite(largest), -np.frexp(largest)[1], 0).clip(-1000, 1000)
            again = np.ldexp(reduce(np.ldexp(wide, powers), axes), -powers)
            found = np.where(right, found, again)
        return found.astype(array.dtype)


def _wide(array: Array) -> Array:
    return array.astype(np.result_type(array.dtype, np.float64), copy=False)
