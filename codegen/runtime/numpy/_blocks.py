"""Rows of arrays cut into blocks, which a thread works on one after another.

A row is a parameter, its gradient, its states and its inputs. Blocks are views of it where they can
be. What half precision stores is copied into others, of the dtype computed in, and back again; so
are arrays that do not lie flat in memory, and many small ones that are to be worked on together.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, groupby
from typing import Any, TypeAlias

import numpy as np

from ._clips import Clip
from ._known import Block
from ._trees import Array

BLOCK = 1 << 15
"""Elements that a thread alone works on at a time. Measured: smaller blocks spend more of their
time on calls of NumPy's functions, larger ones fall out of the cache."""

GRAD = 1
"""The place of the gradient in a row, which is not written to; nor is what comes after states."""

Task: TypeAlias = tuple[Iterable[Block], Clip | None]
"""What a thread does at a time, and what happens to gradients first."""


def computed(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype computed in for a dtype stored: half precision is not computed with."""
    return np.dtype(np.float32) if dtype.itemsize == 2 else dtype


def _is_computed(block: Block) -> bool:
    theta = block[0]
    return theta is not None and computed(theta.dtype) == theta.dtype


def tasks(
    flat: Block | None, whole: Block, clip: Clip | None, size: int, written: int
) -> Iterator[Task]:
    """A row cut into what one thread does at a time, in blocks of a size."""
    if flat is None:
        yield strided(whole, written), clip
        return
    assert flat[0] is not None
    for start in range(0, flat[0].size, size):
        part = slice(start, start + size)
        block = [None if array is None else array[part] for array in flat]
        yield ([block] if _is_computed(block) else strided(block, written)), clip


def packed(rows: Sequence[Block], buffers: Sequence[Array], written: int) -> Iterator[Block]:
    """Rows computed in one dtype, copied together into blocks; what is updated is copied back.

    A block has a row more at most than fits into ``BLOCK`` elements.
    """
    sizes = (theta.size for theta, *_ in rows if theta is not None)
    placed = zip(accumulate(sizes, initial=0), rows, strict=False)
    for _, pack in groupby(placed, lambda start_and_row: start_and_row[0] // BLOCK):
        first, *others = (row for _, row in pack)
        if not others and _is_computed(first):
            yield first
            continue
        columns = [
            [array for array in column if array is not None]
            for column in zip(first, *others, strict=True)
        ]
        count = sum(theta.size for theta in columns[0])
        block = [
            np.concatenate(column, out=buffer[:count]) if column else None
            for column, buffer in zip(columns, buffers, strict=False)
        ]
        yield block
        for k, (column, new) in enumerate(zip(columns, block, strict=True)):
            if new is not None and is_written(k, written):
                stop = 0
                for array in column:
                    start, stop = stop, stop + array.size
                    array[...] = new[start:stop]


def is_written(place: int, written: int) -> bool:
    """Whether what has this place in a row is written to, up to where its inputs begin."""
    return place != GRAD and place < written


def strided(arrays: Block, written: int) -> Iterator[Block]:
    """Blocks of arrays of any layout and dtype, which NumPy's iterator copies in and out."""
    given = [i for i, array in enumerate(arrays) if array is not None]
    there = [array for array in arrays if array is not None]
    with np.nditer(
        there,
        flags=["external_loop", "buffered"],
        op_dtypes=[computed(array.dtype) for array in there],
        casting="same_kind",
        op_flags=[["readwrite" if is_written(i, written) else "readonly"] for i in given],
        buffersize=BLOCK,
    ) as iterator:
        for parts in iterator:
            block: list[Array | None] = [None] * len(arrays)
            for i, part in zip(given, parts, strict=True):
                block[i] = part
            yield block
