"""Numbers of rows, of columns, and of the matrices of a batch, from the terms that passes take.

What a block adds up for each of its lines is kept by itself. Once all blocks are done, that of the
blocks that a line goes through is added up, in their order, which the shape alone decides: so
results depend neither on threads nor on what else is updated.

All lie in one piece of memory of float64, ``lines``, tensor by tensor: numbers of rows matrix after
matrix, and so those of columns. What blocks add up to is in another, ``parts``.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload, register_jitable

from ._kernel import CHUNK, load, maximum, memory, store
from ._sums import DOWN, LARGE, SCALES, halved, largest, mean_of, root_of, squares

NORM, MEAN, TOTAL, AMAX = range(4)
"""The ways to reduce."""


def scales(real: Any) -> int:
    """In how many scales terms are added up; see ``_sums``."""
    return SCALES if real is np.float64 else 1


@overload(scales)
def _scales(real: Any) -> Any:
    count = SCALES if real.dtype == types.float64 else 1

    def known(real: Any) -> int:
        return count

    return known


class Tile(NamedTuple):
    """A block, and where its parts have their places."""

    first: int
    """Its first matrix, and the one behind its last; so for rows."""
    last: int
    top: int
    bottom: int
    left: int
    rows: int
    """Of a matrix; so for columns."""
    cols: int
    down: int
    """Blocks of a matrix one below the other, and this one's place among them; so for across."""
    is_down: int
    across: int
    is_across: int


@register_jitable
def tile(shape: Any, block: Any) -> tuple[Tile, int]:
    """The block of a tensor of a shape, and the size of its rows; see ``_tiles`` for both."""
    rows, cols, high, wide = shape[1], shape[2], shape[3], shape[4]
    first, last, top, bottom = block[1], block[2], block[3], block[4]
    left, right = block[5], block[6]
    down, across = (-(-rows // high), top // high), (-(-cols // wide), left // wide)
    return Tile(first, last, top, bottom, left, rows, cols, *down, *across), right - left


@register_jitable
def of_row(tile: Tile, matrix: int, row: int) -> int:
    """The place of what it adds up to for a row, among those of a tensor."""
    return (matrix * tile.across + tile.is_across) * tile.rows + row


@register_jitable
def of_cols(tile: Tile, matrix: int) -> int:
    """The same of its first column, which others follow."""
    return (matrix * tile.down + tile.is_down) * tile.cols + tile.left


@register_jitable
def of_matrix(tile: Tile, matrix: int) -> int:
    """The same of a matrix."""
    return (matrix * tile.down + tile.is_down) * tile.across + tile.is_across


@register_jitable
def terms(start: float, real: Any) -> Any:
    """Sums of no terms yet, for each of the elements that are updated together."""
    return np.full((scales(real), CHUNK), start)


@register_jitable
def _width(size: int) -> int:
    """How many of these sums there are of a row: a power of two."""
    found = 1
    while found < size and found < CHUNK:
        found *= 2
    return found


@register_jitable
def reset(sums: Any, start: float, size: int) -> None:
    """Have none again, for a row of so many elements."""
    width = _width(size)
    for scale in range(sums.shape[0]):
        for index in range(width):
            sums[scale, index] = start


@register_jitable
def clear(parts: Any, place: int, size: int, start: float, real: Any) -> None:
    """Have sums of no terms yet for each column of a block."""
    parts[place : place + scales(real) * size] = start


def columns(parts: Any, place: int, size: int, start: int, count: int, real: Any) -> Any:
    """Those sums, in each scale, of so many columns from one on; of none where there are none."""


@overload(columns)
def _columns(parts: Any, place: int, size: int, start: int, count: int, real: Any) -> Any:
    def plain(parts: Any, place: int, size: int, start: int, count: int, real: Any) -> Any:
        own = parts[place + start : place + start + count]
        return own.reshape(1, own.size)

    def scaled(parts: Any, place: int, size: int, start: int, count: int, real: Any) -> Any:
        own = parts[place : place + SCALES * size]
        return own.reshape(SCALES, own.size // SCALES)[:, start : start + count]

    return scaled if real.dtype == types.float64 else plain


@register_jitable
def take(buffer: Any, lines: Any, first: int, count: int) -> None:
    """Put numbers of so many columns there, in the dtype of the arithmetic."""
    own = lines[first : first + count]  # or it would be asked of each whether its place is negative
    for k in range(count):
        buffer[k] = own[k]


@register_jitable
def put(way: int, sums: Any, parts: Any, first: int, place: int, size: int) -> None:
    """Keep what the terms of rows of so many elements come to."""
    count, width = sums.shape[0], _width(size)
    for scale in range(count):
        found = largest(sums, scale, width) if way == AMAX else halved(sums, scale, width)
        parts[first + place * count + scale] = found


@register_jitable
def _start(way: int) -> float:
    return -np.inf if way == AMAX else 0.0


@register_jitable
def _together(way: int, x: float, y: float) -> float:
    return maximum(x, y) if way == AMAX else x + y


@register_jitable
def _result(way: int, sums: tuple[float, float, float], size: int) -> float:
    """What sums in each of the scales come to, of so many terms."""
    plain, large, small = sums
    if way == NORM:
        return root_of(plain, large, small)
    if way == MEAN:
        return mean_of(plain, large, size)
    return math.nan if way == AMAX and size == 0 else plain


@register_jitable
def _joined(
    way: int, sums: tuple[float, float, float], parts: Any, at: int, step: int, count: int
) -> tuple[float, float, float]:
    """The sums, with those of one block more; there are so many scales, so far apart."""
    plain, large, small = sums
    if count == 1:
        return _together(way, plain, parts[at]), large, small
    return _together(way, plain, parts[at]), large + parts[at + step], small + parts[at + 2 * step]


@register_jitable
def over_cols(
    way: int, parts: Any, place: int, lines: Any, into: int, shape: Any, real: Any
) -> None:
    """A number of each row."""
    rows, cols, count = shape[1], shape[2], scales(real)
    across = -(-cols // shape[4])
    for matrix in range(shape[0]):
        for row in range(rows):
            sums = (_start(way), 0.0, 0.0)
            for tile in range(across):
                at = place + ((matrix * across + tile) * rows + row) * count
                sums = _joined(way, sums, parts, at, 1, count)
            lines[into + matrix * rows + row] = _result(way, sums, cols)


@register_jitable
def over_rows(
    way: int, parts: Any, place: int, lines: Any, into: int, shape: Any, real: Any
) -> None:
    """A number of each column."""
    rows, cols, wide, count = shape[1], shape[2], shape[4], scales(real)
    down = -(-rows // shape[3])
    sums = np.empty((max(1, min(wide, cols)), 3))
    for matrix in range(shape[0]):
        for left in range(0, cols, wide):
            size = min(wide, cols - left)
            for col in range(size):
                sums[col, 0], sums[col, 1], sums[col, 2] = _start(way), 0.0, 0.0
            for tile in range(down):
                first = place + ((matrix * down + tile) * cols + left) * count
                for col in range(size):
                    own = (sums[col, 0], sums[col, 1], sums[col, 2])
                    own = _joined(way, own, parts, first + col, size, count)
                    sums[col, 0], sums[col, 1], sums[col, 2] = own
            for col in range(size):
                own = (sums[col, 0], sums[col, 1], sums[col, 2])
                lines[into + matrix * cols + left + col] = _result(way, own, rows)


@register_jitable
def over_both(
    way: int, parts: Any, place: int, lines: Any, into: int, shape: Any, real: Any
) -> None:
    """A number of each matrix."""
    rows, cols, count = shape[1], shape[2], scales(real)
    tiles = -(-rows // shape[3]) * -(-cols // shape[4])
    for matrix in range(shape[0]):
        sums = (_start(way), 0.0, 0.0)
        for tile in range(tiles):
            at = place + (matrix * tiles + tile) * count
            sums = _joined(way, sums, parts, at, 1, count)
        lines[into + matrix] = _result(way, sums, rows * cols)


@register_jitable
def of_numbers(way: int, lines: Any, first: int, size: int) -> float:
    """Of numbers of lines themselves, one after the other."""
    plain, large, small = _start(way), 0.0, 0.0
    for k in range(first, first + size):
        x = lines[k]
        if way == NORM:
            own = squares(x)
            plain, large, small = plain + own[0], large + own[1], small + own[2]
        elif way == MEAN:
            is_large = abs(x) > LARGE
            plain += 0.0 if is_large else x
            large += x * DOWN if is_large else 0.0
        else:
            plain = _together(way, plain, x)
    return _result(way, (plain, large, small), size)


@register_jitable
def of_each(way: int, lines: Any, first: int, size: int, into: int, matrices: int) -> None:
    """The same of each matrix, of which there are so many."""
    for matrix in range(matrices):
        lines[into + matrix] = of_numbers(way, lines, first + matrix * size, size)


@register_jitable
def read(address: int, lines: Any, into: int, size: int, stored: Any) -> None:
    """A state of a number a line."""
    source, target = memory(address, 0, size, stored), lines[into : into + size]
    for k in range(size):
        target[k] = np.float64(load(source, k))


@register_jitable
def write(address: int, lines: Any, first: int, size: int, stored: Any, real: Any) -> None:
    """Keep the new values of one."""
    source, target = lines[first : first + size], memory(address, 0, size, stored)
    for k in range(size):
        store(target, k, real(source[k]))
