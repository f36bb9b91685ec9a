"""Which memory is asked for while a block of a matrix is gone through, row by row."""

import numpy as np
import pytest

pytest.importorskip("numba")

from steprule.codegen.runtime.numba import _tiles as tiles
from steprule.codegen.runtime.numba._kernel import AHEAD, CHUNK
from steprule.codegen.runtime.numba._tile import place, tile


@pytest.mark.parametrize(
    "shape", [(1, 64, 2048), (1, 40, 3000), (1, 64, 1100), (2, 50, 1000), (1, 2000, 100)]
)
def test_memory_is_asked_for_in_the_order_it_is_gone_through(shape: tuple[int, int, int]) -> None:
    """What is asked for is what comes ``AHEAD`` elements later, except where a block is over."""
    cut = tiles.cut((shape,))
    for block in cut.blocks:
        own = tile(cut.shapes[:, 0], block)
        rows, starts = range(own.first, own.last), range(0, own.size, CHUNK)
        first = [row * own.cols + own.left for row in rows]
        gone_through = np.concatenate([np.arange(at, at + own.size) for at in first])
        for row, at in zip(rows, first, strict=True):
            for start in starts:
                position, ahead = place(own, row, start)
                assert position == at + start
                later = (row - own.first) * own.size + start + AHEAD
                if later < gone_through.size:
                    assert position + ahead == gone_through[later]
