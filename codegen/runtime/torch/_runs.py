"""Which elements of a whole tensor a rank holds, as runs of neighbours.

Of a DTensor it depends on its shape, mesh and placements alone, and is kept by these. Nothing of
torch.distributed is imported: where nobody has done so, there are no DTensors.
"""

import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Runs(NamedTuple):
    """Elements of a tensor, which are counted row by row.

    Args:
        starts: where each run begins, in the order in which the rank has them; on the host.
        length: how many elements each has.
    """

    starts: NDArray[np.int64]
    length: int


def runs(x: Tensor) -> Runs:
    """The elements of a tensor that this rank holds: all, where it is no DTensor."""
    given: Any = x
    if not hasattr(given, "device_mesh"):
        return Runs(np.zeros(1, np.int64), x.numel())
    return _runs(tuple(x.shape), given.device_mesh, tuple(given.placements))


def from_local(part: Tensor, like: Any) -> Tensor:
    """A DTensor placed as another, of what this rank has of it; reals, of complex numbers too."""
    distributed = sys.modules["torch.distributed.tensor"]
    placements = [distributed.Replicate() if p.is_partial() else p for p in like.placements]
    shape = torch.Size((*like.shape, 2) if like.is_complex() else like.shape)
    stride = torch.empty(shape, device="meta").stride()
    make = distributed.DTensor.from_local
    return make(part, like.device_mesh, placements, run_check=False, shape=shape, stride=stride)


@lru_cache(maxsize=1 << 12)
def _runs(shape: tuple[int, ...], mesh: Any, placements: tuple[Any, ...]) -> Runs:
    starts, length, step = torch.zeros(1, dtype=torch.int64), 1, 1
    is_one = True  # whether all of the axes behind are a run
    for axis in reversed(range(len(shape))):
        places = _places(shape[axis], mesh, [_along(axis, len(shape), p) for p in placements])
        count = len(places)
        first = int(places[0]) if count else 0
        if is_one and torch.equal(places, torch.arange(first, first + count)):
            starts, length = starts + first * step, length * count
        else:
            starts = (places[:, None] * step + starts).reshape(-1)
        is_one = is_one and count == shape[axis]
        step *= shape[axis]
    return Runs(starts.numpy(), length)


def _places(length: int, mesh: Any, placements: Sequence[Any]) -> Tensor:
    """Which places along an axis this rank holds."""
    distribute = sys.modules["torch.distributed.tensor"].distribute_tensor
    every = torch.arange(length, device=mesh.device_type)
    return distribute(every, mesh, placements, src_data_rank=None)._local_tensor.cpu()


def _along(axis: int, ndim: int, placement: Any) -> Any:
    """A placement of a tensor, as one of what lies along an axis of it."""
    if not hasattr(placement, "dim") or placement.dim % ndim != axis:
        return sys.modules["torch.distributed.tensor"].Replicate()
    factor = getattr(placement, "split_factor", None)
    kind: Any = type(placement)
    return kind(0) if factor is None else kind(0, split_factor=factor)
