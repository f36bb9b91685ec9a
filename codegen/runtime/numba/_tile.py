"""A block of rows and columns, and the numbers of these that its elements meet.

Rows are counted through all matrices. Elements that are updated together are of one row, or, where
rows are short, of as many whole ones as there is room for.
"""

from typing import Any, NamedTuple

import numpy as np

from ._helper import helper, inlined
from ._kernel import AHEAD, CHUNK, view


class Tile(NamedTuple):
    """A block, and where its parts have their places."""

    first: int
    """Its first row, and the one behind its last."""
    last: int
    left: int
    """Its first column, and how many it has."""
    size: int
    together: int
    """Rows that are updated together."""
    rows: int
    """Of a matrix; so for columns."""
    cols: int
    matrix: int
    """The first."""
    of_rows: int
    """The place of what it adds up to for the row 0, among those of a tensor, if it had that."""
    of_cols: int
    """The place of the same of its first column, and of its first matrix; others follow."""
    of_matrices: int


@inlined
def tile(shape: Any, block: Any) -> Tile:
    """The block of a tensor of a shape; see ``_tiles`` for both."""
    rows, cols, high, wide = shape[1], shape[2], shape[3], shape[4]
    first, last, left, size = block[1], block[2], block[3], block[4] - block[3]
    matrix = first // rows
    down, is_down = -(-rows // high), (first - matrix * rows) // high
    across, is_across = -(-cols // wide), left // wide
    together = max(1, CHUNK // size) if size == cols else 1
    of_rows = (matrix * (across - 1) + is_across) * rows
    of_cols = (matrix * down + is_down) * cols + left
    of_matrices = (matrix * down + is_down) * across + is_across
    own = first, last, left, size, together
    return Tile(*own, rows, cols, matrix, of_rows, of_cols, of_matrices)


@inlined
def place(tile: Tile, line: int, start: int) -> tuple[int, int]:
    """Where the element of a row lies, and how far ahead of it those are that memory is asked for:
    what comes later by so many, as rows of the block follow.
    """
    position = line * tile.cols + tile.left + start
    reached = start + AHEAD
    if reached < tile.size:
        return position, AHEAD
    rows = 1 if reached < 2 * tile.size else reached // tile.size
    return position, AHEAD + rows * (tile.cols - tile.size)


@helper
def matrices(tile: Tile) -> int:
    """How many it has a part of."""
    return (tile.last - 1) // tile.rows - tile.matrix + 1


@inlined
def _fill(buffer: Any, first: int, size: int, number: float) -> None:
    own = view(buffer, first, size)
    for index in range(size):
        own[index] = number


@inlined
def meet_rows(
    buffer: Any, lines: Any, first: int, line: int, count: int, start: int, size: int
) -> None:
    """Put the number of the row of each element there, of so many rows from one on.

    Once a row: it is the same for what follows.
    """
    if start == 0:
        for k in range(count):
            _fill(buffer, k * size, size, lines[first + line + k])


@inlined
def meet_matrices(
    buffer: Any, lines: Any, first: int, tile: Tile, line: int, count: int, size: int
) -> None:
    """The same of the matrix of each."""
    for k in range(count):
        _fill(buffer, k * size, size, lines[first + (line + k) // tile.rows])


@helper
def numbers_of_cols(lines: Any, first: int, tile: Tile, real: Any) -> Any:
    """Those of the columns of a block, matrix after matrix, in the dtype of the arithmetic."""
    count = matrices(tile)
    found = np.empty(count * tile.size, real)
    for matrix in range(count):
        numbers = view(lines, first + (tile.matrix + matrix) * tile.cols + tile.left, tile.size)
        own = view(found, matrix * tile.size, tile.size)
        for index in range(tile.size):
            own[index] = numbers[index]
    return found


@inlined
def meet_cols(
    buffer: Any, numbers: Any, tile: Tile, line: int, count: int, start: int, size: int
) -> Any:
    """The number of the column of each, from one of the block's on; in a buffer of several rows."""
    if tile.together == 1:
        return view(numbers, (line // tile.rows - tile.matrix) * tile.size + start, size)
    for k in range(count):
        own = view(numbers, ((line + k) // tile.rows - tile.matrix) * tile.size, size)
        into = view(buffer, k * size, size)
        for index in range(size):
            into[index] = own[index]
    return buffer
