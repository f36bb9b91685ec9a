"""What gradients are scaled by that are clipped by a norm: a pass over them, and then numbers."""

from collections.abc import Sequence
from itertools import chain
from struct import pack, unpack
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..triton import _clipping
from ..triton import _scales as kernels
from ..triton import _stages as stages
from . import _triton_tables as tables
from ._clip import Vectors, Way, computed
from ._rows import alike
from ._tensors import addresses
from ._triton_launch import STORED, current, ready
from ._triton_launch import computed as arithmetic
from ._triton_tables import Columns, Tables


def scales(
    ways: Sequence[Way | None], grads: Sequence[Sequence[Tensor]], memory: dict[Any, Any]
) -> list[Vectors]:
    """See ``_clip_kernels``. The gradients are plain and dense, and there is one.

    One launch is of all gradients of a dtype, and one of those of a group among them.
    """
    flat = [*chain(*grads)]
    of = [(k, i) for k, own in enumerate(grads) for i in range(len(own))]
    device, kinds = flat[0].device, alike(grad.dtype for grad in flat)
    widest = torch.float64 if torch.float64 in kinds else next(iter(kinds))
    found: list[Vectors] = [[] for _ in ways]
    with current(device):
        made = {
            dtype: _table(memory, dtype, [flat[row] for row in rows])
            for dtype, rows in kinds.items()
        }
        added = {dtype: _added(table, dtype, widest) for dtype, table in made.items()}
        sums = [*added.values()]
        together = torch.cat(sums) if len(sums) > 1 else sums[0]
        for dtype, rows in kinds.items():
            for k, places in alike(of[row][0] for row in rows).items():
                if not (way := ways[k]) or not way[0].reach:
                    continue
                vector = torch.empty(len(places), dtype=computed(flat[rows[0]]), device=device)
                over_all = way[0].reach == "all"
                terms = (together, widest) if over_all else (added[dtype], dtype)
                _numbers(way, made[dtype], *terms, places[0], vector, over_all=over_all)
                found[k].append(([of[rows[place]][1] for place in places], vector))
    return found


def _added(table: Tables, dtype: torch.dtype, widest: torch.dtype) -> Tensor:
    """What the squares of each block add up to; zeros in scales that only others need."""
    made = torch.empty if dtype == widest or widest != torch.float64 else torch.zeros
    sums = made(
        (table.grid[0], kernels.SCALES.value), dtype=torch.float64, device=table.rows.device
    )
    stored, columns = STORED[dtype], table.rows.shape[1]
    options = (kernels.itself, (), False, None, (_GRADS,), -1, (), ("norm",))
    dtypes = stored, arithmetic(stored), tables.BLOCK
    arguments = (table.rows, table.blocks, (), (), sums, *options, columns, *dtypes)
    if table.grid[0]:
        _launch(stages.pass_, table.grid, arguments, table, "pass")
    return sums


def _numbers(
    way: Way,
    table: Tables,
    sums: Tensor,
    dtype: torch.dtype,
    first: int,
    vector: Tensor,
    *,
    over_all: bool,
) -> None:
    """Fill a vector with the scales of gradients, which follow one another in a table.

    Args:
        way: of clipping them.
        table: of them and others.
        sums: of its blocks, or of all blocks there are.
        dtype: the widest that these are of.
        first: the place of the first.
        vector: a number for each.
        over_all: whether one norm is over all blocks.
    """
    transform, limit = way
    function = getattr(_clipping, f"{transform.__name__.lower()}_scale")
    count = len(vector)
    options = function, over_all, arithmetic(STORED[dtype])
    copies = count if over_all else 1
    bits = unpack("<ii", pack("<d", limit))
    arguments = (table.firsts, first, len(sums), sums, *bits, vector, copies, *options)
    grid = 1 if over_all else count, 1, 1
    _launch(kernels.scales_, grid, arguments, table, (grid, options))


def _launch(
    kernel: Any, grid: tuple[int, int, int], arguments: tuple[Any, ...], table: Tables, key: Any
) -> None:
    ready(kernel, grid, arguments, table.starts, key)(*arguments)


_GRADS = 1
"""Their column in a table of gradients alone, after sizes."""


class _Gradients:
    """Gradients of a dtype, as a table is made of them; it holds none."""

    def __init__(self, sizes: list[int], device: torch.device) -> None:
        self.device = device
        self.sizes = sizes
        self.memo: dict[Any, Any] = {}
        self.present = [2]

    def table(self, grads: Sequence[Tensor], inputs: Columns = ()) -> NDArray[np.int64]:
        del inputs
        sizes = np.array(self.sizes, np.int64)
        return np.stack([sizes.cumsum() - sizes, sizes, addresses(grads)])


def _table(memory: dict[Any, Any], dtype: torch.dtype, grads: list[Tensor]) -> Tables:
    """That of some gradients, kept for as long as others have their sizes."""
    sizes, device = [grad.numel() for grad in grads], grads[0].device
    known: _Gradients | None = memory.get((device, dtype))
    if known is None or known.sizes != sizes:
        known = memory[device, dtype] = _Gradients(sizes, device)
    return tables.tables(known, grads, (), _GRADS)
