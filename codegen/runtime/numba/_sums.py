"""Norms, means, sums and largest elements of tensors, from the terms that passes take.

A pass goes through blocks of elements, always the same ones. It adds the terms of a block up in
float64, side by side for as many elements as it updates at a time, and then those sums, two halves
at a time; so results depend neither on the number of threads nor on the machine. Once all blocks
are done, theirs are added up in order.

Squares of float64 may lie outside of the range of numbers where the norm does not: each element is
brought, exactly, into one of three scales, and each is summed by itself. Means of float64 have two.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload, register_jitable

from ._kernel import CHUNK, Kernel, maximum, memory
from ._kernel import load as load
from ._kernel import store as store

BLOCK = 1 << 15
"""Elements of a tensor whose terms are added up by themselves."""

SCALES = 3
"""Sums that there are of each term."""

_DOWN, _UP = 2.0**-600, 2.0**600
"""What large and small numbers are multiplied by before they are squared."""
_LARGE, _SMALL = 2.0**500, 2.0**-500
"""Beyond which numbers are large, and small."""


class Stage(NamedTuple):
    """A kernel that is one launch.

    Args:
        kernel: to be called.
        is_pass: whether it goes through blocks of elements; else it goes through tensors.
    """

    kernel: Kernel
    is_pass: bool


@register_jitable
def terms(start: float) -> Any:
    """Sums of no terms yet, in each scale, for each of the elements that are updated together."""
    return np.full((SCALES, CHUNK), start)


def add_norm(sums: Any, index: int, x: Any) -> None:
    """Add the square of an element."""


@overload(add_norm)
def _add_norm(sums: Any, index: Any, x: Any) -> Any:
    def plain(sums: Any, index: Any, x: Any) -> None:
        wide = np.float64(x)
        sums[0, index] += wide * wide

    def scaled(sums: Any, index: Any, x: Any) -> None:
        size = abs(x)
        middle = 0.0 if size > _LARGE or size < _SMALL else x
        large = x * _DOWN if size > _LARGE else 0.0
        small = x * _UP if size < _SMALL else 0.0
        sums[0, index] += middle * middle
        sums[1, index] += large * large
        sums[2, index] += small * small

    return scaled if x == types.float64 else plain


def add_mean(sums: Any, index: int, x: Any) -> None:
    """Add an element, so that no sum of them overflows."""


@overload(add_mean)
def _add_mean(sums: Any, index: Any, x: Any) -> Any:
    def plain(sums: Any, index: Any, x: Any) -> None:
        sums[0, index] += np.float64(x)

    def scaled(sums: Any, index: Any, x: Any) -> None:
        is_large = abs(x) > _LARGE
        sums[0, index] += 0.0 if is_large else x
        sums[1, index] += x * _DOWN if is_large else 0.0

    return scaled if x == types.float64 else plain


@register_jitable
def add_total(sums: Any, index: int, x: Any) -> None:
    """Add an element."""
    sums[0, index] += np.float64(x)


@register_jitable
def add_amax(sums: Any, index: int, x: Any) -> None:
    """Keep the larger."""
    sums[0, index] = maximum(sums[0, index], np.float64(x))


@register_jitable
def _halved(sums: Any, scale: int) -> float:
    width = CHUNK // 2
    while width:
        for index in range(width):
            sums[scale, index] += sums[scale, index + width]
        width //= 2
    return sums[scale, 0]


@register_jitable
def put_sums(sums: Any, into: Any, block: int, place: int) -> None:
    """Keep what the terms of a block add up to."""
    for scale in range(SCALES):
        into[block, place, scale] = _halved(sums, scale)


@register_jitable
def put_amax(sums: Any, into: Any, block: int, place: int) -> None:
    """Keep the largest of a block."""
    largest = sums[0, 0]
    for index in range(1, CHUNK):
        largest = maximum(largest, sums[0, index])
    into[block, place, 0] = largest


@register_jitable
def _added(sums: Any, first: int, last: int, place: int, scale: int) -> float:
    total = 0.0
    for block in range(first, last):
        total += sums[block, place, scale]
    return total


@register_jitable
def norm(sums: Any, first: int, last: int, place: int) -> float:
    """Of the terms of blocks, and infinite only where it is beyond float64 itself."""
    middle = _added(sums, first, last, place, 0)
    large = _added(sums, first, last, place, 1)
    small = _added(sums, first, last, place, 2)
    if middle != middle or large != large:
        return middle + large
    if large > 0:
        below = np.sqrt(middle) * _DOWN
        return np.sqrt(large + below * below) * _UP
    below = np.sqrt(small) * _DOWN
    if middle > 0:
        return np.sqrt(middle + below * below)
    return below


@register_jitable
def mean(sums: Any, first: int, last: int, place: int, size: int) -> float:
    """Of the terms of blocks; NaN of none."""
    if size == 0:
        return math.nan
    plain = _added(sums, first, last, place, 0) / size
    return plain + _added(sums, first, last, place, 1) / size * _UP


@register_jitable
def total(sums: Any, first: int, last: int, place: int) -> float:
    """Of the terms of blocks; 0 of none."""
    return _added(sums, first, last, place, 0)


@register_jitable
def amax(sums: Any, first: int, last: int, place: int) -> float:
    """Of the terms of blocks; NaN where there is one, and of none."""
    if first == last:
        return math.nan
    largest = sums[first, place, 0]
    for block in range(first + 1, last):
        largest = maximum(largest, sums[block, place, 0])
    return largest


@register_jitable
def read(address: int, stored: Any) -> float:
    """A state of one number."""
    return np.float64(load(memory(address, 0, 1, stored), 0))


@register_jitable
def write(address: int, value: Any, stored: Any, real: Any) -> None:
    """Keep the new value of one."""
    store(memory(address, 0, 1, stored), 0, real(value))
