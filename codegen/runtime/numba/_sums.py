"""Norms, means, sums and largest elements of tensors, from the terms that passes take.

A pass goes through blocks of elements, always the same ones. It adds the terms of a block up in
float64, to several sums side by side, and then those sums, two halves at a time; so results depend
neither on the number of threads nor on the machine. Once all blocks are done, theirs are added up
in order.

Squares of float64 may lie outside of the range of numbers where the norm does not: each element is
brought, exactly, into one of three scales, and each is summed by itself. Means of float64 have two.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from ._helper import FOR_KERNELS, INLINED, helper, inlined
from ._kernel import Kernel, maximum, memory
from ._kernel import load as load
from ._kernel import store as store
from ._room import SCALES
from ._room import buffer as buffer
from ._room import largest_room as largest_room
from ._room import sums_room as sums_room
from ._vectors import LANES, add, add_squares, keep_larger

BLOCK = 1 << 15
"""Elements of a tensor whose terms are added up by themselves."""

DOWN, UP = 2.0**-600, 2.0**600
"""What large and small numbers are multiplied by before they are squared."""
LARGE, SMALL = 2.0**500, 2.0**-500
"""Beyond which numbers are large, and small."""


class Stage(NamedTuple):
    """A kernel that is one launch.

    Args:
        kernel: to be called.
        is_pass: whether it goes through blocks of elements; else it goes through tensors.
    """

    kernel: Kernel
    is_pass: bool


def scales(real: Any) -> int:
    """In how many scales terms are added up."""
    return SCALES if real is np.float64 else 1


@overload(scales, jit_options=FOR_KERNELS)
def _scales(real: Any) -> Any:
    count = SCALES if real.dtype == types.float64 else 1

    def known(real: Any) -> int:
        return count

    return known


@inlined
def clear(sums: Any, start: float) -> None:
    """Have sums of no terms yet, or the largest of none."""
    for scale in range(sums.shape[0]):
        for index in range(sums.shape[1]):
            sums[scale, index] = start


@inlined
def squares(x: float) -> tuple[float, float, float]:
    """The square of a number in the scale that it is of, and 0 in the others."""
    size = abs(x)
    middle = 0.0 if size > LARGE or size < SMALL else x
    large = x * DOWN if size > LARGE else 0.0
    small = x * UP if size < SMALL else 0.0
    return middle * middle, large * large, small * small


def add_norm(sums: Any, terms: Any, count: int) -> None:
    """Add the squares of so many elements."""


@overload(add_norm, jit_options=INLINED)
def _add_norm(sums: Any, terms: Any, count: Any) -> Any:
    def plain(sums: Any, terms: Any, count: Any) -> None:
        add_squares(sums, 0, terms, count)
        for index in range(count - count % LANES, count):
            wide = np.float64(terms[index])
            sums[0, index % LANES] += wide * wide

    def scaled(sums: Any, terms: Any, count: Any) -> None:
        for index in range(count):
            middle, large, small = squares(terms[index])
            sums[0, index] += middle
            sums[1, index] += large
            sums[2, index] += small

    return scaled if terms.dtype == types.float64 else plain


def add_mean(sums: Any, terms: Any, count: int) -> None:
    """Add so many elements, so that no sum of them overflows."""


@overload(add_mean, jit_options=INLINED)
def _add_mean(sums: Any, terms: Any, count: Any) -> Any:
    def plain(sums: Any, terms: Any, count: Any) -> None:
        add_total(sums, terms, count)

    def scaled(sums: Any, terms: Any, count: Any) -> None:
        for index in range(count):
            x = terms[index]
            is_large = abs(x) > LARGE
            sums[0, index] += 0.0 if is_large else x
            sums[1, index] += x * DOWN if is_large else 0.0

    return scaled if terms.dtype == types.float64 else plain


@inlined
def add_total(sums: Any, terms: Any, count: int) -> None:
    """Add so many elements."""
    add(sums, 0, terms, count)
    for index in range(count - count % LANES, count):
        sums[0, index % LANES] += np.float64(terms[index])


@inlined
def add_amax(sums: Any, terms: Any, count: int) -> None:
    """Keep the larger ones."""
    keep_larger(sums, 0, terms, count)
    for index in range(count - count % LANES, count):
        sums[0, index % LANES] = maximum(sums[0, index % LANES], terms[index])


@inlined
def halved(sums: Any, scale: int, width: int) -> float:
    """What so many sums, a power of two, add up to."""
    half = width // 2
    while half:
        for index in range(half):
            sums[scale, index] += sums[scale, index + half]
        half //= 2
    return sums[scale, 0]


@inlined
def largest(sums: Any, scale: int, width: int) -> float:
    """The largest of so many numbers, a power of two."""
    half = width // 2
    while half:
        for index in range(half):
            sums[scale, index] = maximum(sums[scale, index], sums[scale, index + half])
        half //= 2
    return sums[scale, 0]


@helper
def put_sums(sums: Any, into: Any, block: int, place: int) -> None:
    """Keep what the terms of a block add up to."""
    for scale in range(sums.shape[0]):
        into[block, place, scale] = halved(sums, scale, sums.shape[1])


@helper
def put_amax(sums: Any, into: Any, block: int, place: int) -> None:
    """Keep the largest of a block."""
    into[block, place, 0] = largest(sums, 0, LANES)


@helper
def _added(sums: Any, first: int, last: int, place: int, scale: int) -> float:
    total = 0.0
    for block in range(first, last):
        total += sums[block, place, scale]
    return total


@helper
def norm(sums: Any, first: int, last: int, place: int) -> float:
    """Of the terms of blocks, and infinite only where it is beyond float64 itself."""
    middle = _added(sums, first, last, place, 0)
    large = _added(sums, first, last, place, 1)
    small = _added(sums, first, last, place, 2)
    return root_of(middle, large, small)


@helper
def root_of(middle: float, large: float, small: float) -> float:
    """The norm of numbers whose squares add up to these, in each of the scales."""
    if middle != middle or large != large:
        return middle + large
    if large > 0:
        below = np.sqrt(middle) * DOWN
        return np.sqrt(large + below * below) * UP
    below = np.sqrt(small) * DOWN
    if middle > 0:
        return np.sqrt(middle + below * below)
    return below


@helper
def mean(sums: Any, first: int, last: int, place: int, size: int) -> float:
    """Of the terms of blocks; NaN of none."""
    plain = _added(sums, first, last, place, 0)
    return mean_of(plain, _added(sums, first, last, place, 1), size)


@helper
def mean_of(plain: float, large: float, size: int) -> float:
    """The mean of so many numbers that add up to these, in each of the scales."""
    if size == 0:
        return math.nan
    return plain / size + large / size * UP


@helper
def total(sums: Any, first: int, last: int, place: int) -> float:
    """Of the terms of blocks; 0 of none."""
    return _added(sums, first, last, place, 0)


@helper
def amax(sums: Any, first: int, last: int, place: int) -> float:
    """Of the terms of blocks; NaN where there is one, and of none."""
    if first == last:
        return math.nan
    found = sums[first, place, 0]
    for block in range(first + 1, last):
        found = maximum(found, sums[block, place, 0])
    return found


@helper
def read(address: int, stored: Any) -> float:
    """A state of one number."""
    return np.float64(load(memory(address, 0, 1, stored), 0))


@helper
def write(address: int, value: Any, stored: Any, real: Any) -> None:
    """Keep the new value of one."""
    store(memory(address, 0, 1, stored), 0, real(value))
