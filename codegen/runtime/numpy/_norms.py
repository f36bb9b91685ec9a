"""Norms and means of arrays of any magnitude: no square overflows or vanishes.

They are summed in float64, or in the array's own dtype where that is wider, a block at a time, and
are Python floats. A sum that is too small or too large to be right is taken again, of numbers
scaled by a power of two.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEAST = 2.0**-900
"""Sums of squares below it may lack what vanished: the squares of float64 do from 2**-1074 on."""


def norm(array: NDArray[Any]) -> float:
    """The Euclidean norm over all elements; 0 of none, and infinite where float64 has no such."""
    with np.errstate(all="ignore"):
        total = _sum_of_squares(array, 1.0)
        if _LEAST < total < math.inf:
            return float(np.sqrt(total))
        scale = _scale(array)
        if scale is None:
            return float(_largest(array))
        return _unscaled(np.sqrt(_sum_of_squares(array, scale)), scale)


def combined(norms: Iterable[float]) -> float:
    """The norm over parts that have these norms: NaN if one is, however large the others are."""
    found = [*norms]
    return math.nan if any(map(math.isnan, found)) else math.hypot(*found)


def mean(array: NDArray[Any]) -> float:
    """The mean over all elements; NaN of none."""
    with np.errstate(all="ignore"):
        found = float(_total(array, 1.0, _summed)) / array.size if array.size else math.nan
        scale = None if math.isfinite(found) else _scale(array)
        if scale is None:
            return found
        return _unscaled(_total(array, scale, _summed) / array.size, scale)


def _sum_of_squares(array: NDArray[Any], scale: float) -> Any:
    return _total(array, scale, lambda block: np.dot(block, block))


def _summed(block: NDArray[Any]) -> Any:
    return block.sum()


def _total(array: NDArray[Any], scale: float, part: Callable[[NDArray[Any]], Any]) -> Any:
    total: Any = 0.0
    for block in _blocks(array):
        total += part(block if scale == 1 else block * block.dtype.type(scale))
    return total


def _largest(array: NDArray[Any]) -> Any:
    """The largest magnitude, 0 of none; NaN if there is one."""
    largest: Any = 0.0
    for block in _blocks(array):
        largest = np.maximum(largest, np.abs(block).max())
    return largest


def _scale(array: NDArray[Any]) -> float | None:
    """A power of two that brings elements far enough from the ends; None if there is no need."""
    largest = _largest(array)
    if largest == 0 or not np.isfinite(largest):
        return None
    return 2.0 ** max(-1000, min(1000, -int(np.frexp(largest)[1])))


def _unscaled(value: Any, scale: float) -> float:
    return float(value / value.dtype.type(scale))


def _blocks(array: NDArray[Any]) -> Iterator[NDArray[Any]]:
    if array.size:
        wide = np.result_type(array.dtype, np.float64)
        with np.nditer(
            array, flags=["external_loop", "buffered"], op_dtypes=[wide], casting="same_kind"
        ) as blocks:
            yield from blocks  # pyright: ignore[reportReturnType]
