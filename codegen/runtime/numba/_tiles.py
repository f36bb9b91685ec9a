"""How tensors are cut into blocks, the same ones whoever takes them.

A rule that reduces whole tensors sees elements in one line, and a block is so many of them. One
that reduces rows or columns sees matrices, and a block is a tile: some rows of one, between two
columns; or, where matrices are small, several of them, whole.
"""

from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

TILE = 1 << 17
"""Elements of a tile, about: many, as each has numbers of its own for all its columns, which are
added up once more."""

LEAST = 1024
"""The fewest columns of a tile of a matrix that has more: what is kept of each column, while a tile
is gone through, shall be little beside its elements, and its elements shall follow one another."""

Shapes: TypeAlias = tuple[tuple[int, ...], ...]
"""Of tensors, each one matrix or a batch of them; or a row, or a number."""


class Blocks(NamedTuple):
    """Tensors, cut.

    Args:
        shapes: int64, a column a tensor: matrices, rows, columns, rows of a tile, its columns.
        blocks: int64, a row a block: the tensor; the first row, counted through all matrices, and
            the one after the last; so for columns.
        firsts: the first block of each tensor, and one behind the last.
    """

    shapes: NDArray[np.int64]
    blocks: NDArray[np.int64]
    firsts: NDArray[np.int64]


@lru_cache(maxsize=64)
def cut(shapes: Shapes) -> Blocks:
    """The blocks of tensors of some shapes."""
    tiles = [(*shape, *_tile(*shape)) for shape in map(_as_matrices, shapes)]
    own = [_blocks(k, tile) for k, tile in enumerate(tiles)]
    counts = [len(blocks) for blocks in own]
    firsts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
    blocks = np.concatenate([np.empty((0, 5), np.int64), *own])
    return Blocks(np.array(tiles, np.int64).reshape(-1, 5).T.copy(), blocks, firsts)


def _as_matrices(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """How many matrices, and the rows and columns of each."""
    *batch, rows, cols = (1, 1, *shape)
    return int(np.prod(batch, dtype=np.int64)), rows, cols


def _tile(_: int, rows: int, cols: int) -> tuple[int, int]:
    wide = max(1, min(cols, max(LEAST, TILE // max(1, rows))))
    return max(1, min(rows, TILE // wide)), wide


def _blocks(tensor: int, tile: tuple[int, int, int, int, int]) -> NDArray[np.int64]:
    matrices, rows, cols, high, wide = tile
    if not (matrices and rows and cols):
        return np.empty((0, 5), np.int64)
    together = max(1, TILE // (rows * cols))
    if together > 1:
        begins = np.arange(0, matrices, together) * rows
        ends = np.minimum(begins + together * rows, matrices * rows)
    else:
        first, top = np.meshgrid(
            np.arange(matrices) * rows, np.arange(0, rows, high), indexing="ij"
        )
        begins, ends = (first + top).ravel(), (first + np.minimum(top + high, rows)).ravel()
    left = np.arange(0, cols, wide)
    columns = np.full(len(begins), tensor), begins, ends
    own = [np.repeat(column, len(left)) for column in columns]
    lefts = np.tile(left, len(begins))
    return np.stack([*own, lefts, np.minimum(lefts + wide, cols)], axis=1).astype(np.int64)


@lru_cache(maxsize=256)
def places(shapes: Shapes, along: tuple[str, ...], scales: int) -> NDArray[np.int64]:
    """Where numbers along lines begin in one piece of memory.

    Args:
        shapes: of the tensors.
        along: of each number what it is one for: ``"rows"``, ``"cols"``, ``"matrices"``; or of what
            blocks add up to for these, ``"rows of blocks"`` and so on; empty for none.
        scales: how many numbers blocks have of each.

    Returns:
        A row a tensor, a column a number, and one row more whose first says how many there are.
    """
    matrices, rows, cols, high, wide = cut(shapes).shapes
    down, across = -(-rows // high), -(-cols // wide)
    none = np.zeros_like(matrices)
    lengths = {
        "": none,
        "rows": matrices * rows,
        "cols": matrices * cols,
        "matrices": matrices,
        "rows of blocks": matrices * rows * across * scales,
        "cols of blocks": matrices * cols * down * scales,
        "matrices of blocks": matrices * down * across * scales,
    }
    own = np.array([lengths[each] for each in along], np.int64).reshape(len(along), -1)
    ends = np.cumsum(own.ravel(), dtype=np.int64)
    begins = np.concatenate([[0], ends]).astype(np.int64)
    found = np.zeros((own.shape[1] + 1, max(1, len(along))), np.int64)
    found[:-1, : len(along)] = begins[:-1].reshape(own.shape).T
    found[-1, 0] = begins[-1]
    return found
