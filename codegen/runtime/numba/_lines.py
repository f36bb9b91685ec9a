"""Numbers of rows, of columns, and of the matrices of a batch, from the terms that passes take.

What a block adds up for each of its lines is kept by itself. Once all blocks are done, that of the
blocks that a line goes through is added up, in their order, which the shape alone decides: so
results depend neither on threads nor on what else is updated.

All lie in one piece of memory of float64, ``lines``, tensor by tensor: numbers of rows matrix after
matrix, and so those of columns. What blocks add up to is in another, ``parts``.
"""

import math
from typing import Any

import numpy as np

from ._added import AMAX, MEAN, NORM, joined, start_of, together
from ._added import TOTAL as TOTAL
from ._added import add_cols as add_cols
from ._added import add_matrices as add_matrices
from ._added import add_rows as add_rows
from ._added import columns as columns
from ._added import keep_cols as keep_cols
from ._added import largest_columns as largest_columns
from ._helper import helper
from ._kernel import load, memory, store, view
from ._sums import DOWN, LARGE, mean_of, root_of, scales, squares
from ._tile import meet_cols as meet_cols
from ._tile import meet_matrices as meet_matrices
from ._tile import meet_rows as meet_rows
from ._tile import numbers_of_cols as numbers_of_cols
from ._tile import place as place
from ._tile import tile as tile


@helper
def _result(way: int, sums: tuple[float, float, float], size: int) -> float:
    """What sums in each of the scales come to, of so many terms."""
    plain, large, small = sums
    if way == NORM:
        return root_of(plain, large, small)
    if way == MEAN:
        return mean_of(plain, large, size)
    return math.nan if way == AMAX and size == 0 else plain


@helper
def over_cols(
    way: int, parts: Any, place: int, lines: Any, into: int, shape: Any, real: Any
) -> None:
    """A number of each row."""
    rows, cols, count = shape[1], shape[2], scales(real)
    across = -(-cols // shape[4])
    for matrix in range(shape[0]):
        for row in range(rows):
            sums = (start_of(way), 0.0, 0.0)
            for block in range(across):
                at = place + ((matrix * across + block) * rows + row) * count
                sums = joined(way, sums, parts, at, 1, count)
            lines[into + matrix * rows + row] = _result(way, sums, cols)


@helper
def over_rows(
    way: int, parts: Any, place: int, lines: Any, into: int, shape: Any, real: Any
) -> None:
    """A number of each column."""
    rows, cols, wide, count = shape[1], shape[2], shape[4], scales(real)
    down = -(-rows // shape[3])
    sums = np.empty((3, max(1, min(wide, cols))))
    for matrix in range(shape[0]):
        for left in range(0, cols, wide):
            size = min(wide, cols - left)
            sums[0, :size], sums[1:, :size] = start_of(way), 0.0
            for block in range(down):
                first = place + ((matrix * down + block) * cols + left) * count
                own = view(parts, first, size * count)
                for col in range(size):
                    sums[0, col] = together(way, sums[0, col], own[col])
                if count > 1:
                    for col in range(size):
                        sums[1, col] += own[size + col]
                        sums[2, col] += own[2 * size + col]
            for col in range(size):
                of = sums[0, col], sums[1, col], sums[2, col]
                lines[into + matrix * cols + left + col] = _result(way, of, rows)


@helper
def over_both(
    way: int, parts: Any, place: int, lines: Any, into: int, shape: Any, real: Any
) -> None:
    """A number of each matrix."""
    rows, cols, count = shape[1], shape[2], scales(real)
    tiles = -(-rows // shape[3]) * -(-cols // shape[4])
    for matrix in range(shape[0]):
        sums = (start_of(way), 0.0, 0.0)
        for block in range(tiles):
            at = place + (matrix * tiles + block) * count
            sums = joined(way, sums, parts, at, 1, count)
        lines[into + matrix] = _result(way, sums, rows * cols)


@helper
def of_numbers(way: int, lines: Any, first: int, size: int) -> float:
    """Of numbers of lines themselves, one after the other."""
    plain, large, small = start_of(way), 0.0, 0.0
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
            plain = together(way, plain, x)
    return _result(way, (plain, large, small), size)


@helper
def of_each(way: int, lines: Any, first: int, size: int, into: int, matrices: int) -> None:
    """The same of each matrix, of which there are so many."""
    for matrix in range(matrices):
        lines[into + matrix] = of_numbers(way, lines, first + matrix * size, size)


@helper
def read(address: int, lines: Any, into: int, size: int, stored: Any) -> None:
    """A state of a number a line."""
    source, target = memory(address, 0, size, stored), lines[into : into + size]
    for k in range(size):
        target[k] = np.float64(load(source, k))


@helper
def write(address: int, lines: Any, first: int, size: int, stored: Any, real: Any) -> None:
    """Keep the new values of one."""
    source, target = lines[first : first + size], memory(address, 0, size, stored)
    for k in range(size):
        store(target, k, real(source[k]))
