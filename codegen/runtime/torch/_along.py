"""Reductions along the axes of matrices, which have length one in what comes out, and sums.

As norms and means of whole tensors, none overflows or vanishes where its result does not: on the
CPU it is looked at, and taken again of numbers scaled by powers of two where it is too small or too
large to be right. On other devices, which are not waited for, numbers are scaled always.
"""

import math
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from ._norms import can_look, is_ordinary, scaling
from ._shards import with_elements

Axes: TypeAlias = tuple[int, ...]


def norm(x: Tensor, axes: Axes) -> Tensor:
    """The Euclidean norms; 0 of no elements."""
    return _scaled(x, axes, _norm, is_ordinary)


def mean(x: Tensor, axes: Axes) -> Tensor:
    """The means; NaN of no elements."""
    return _scaled(x, axes, _mean, torch.isfinite)


def total(x: Tensor, axes: Axes | None = None) -> Tensor:
    """The sums, or that of all elements, 0-d; 0 of none."""
    return x.sum() if axes is None else x.sum(axes, keepdim=True)


def amax(x: Tensor, axes: Axes | None = None) -> Tensor:
    """The largest elements, or that of all, 0-d; NaN where there is one, and of none."""
    gone = range(-x.ndim, 0) if axes is None else axes
    if not all(x.shape[axis] for axis in gone):
        kept = () if axes is None else [1 if k in gone else x.shape[k] for k in range(-x.ndim, 0)]
        return x.new_full(kept, math.nan)
    x = with_elements(x)
    return x.amax() if axes is None else x.amax(axes, keepdim=True)


def _norm(x: Tensor, axes: Axes) -> Tensor:
    return torch.linalg.vector_norm(x, dim=axes, keepdim=True)


def _mean(x: Tensor, axes: Axes) -> Tensor:
    return x.mean(axes, keepdim=True)


def _scaled(
    x: Tensor,
    axes: Axes,
    reduce: Callable[[Tensor, Axes], Tensor],
    is_right: Callable[[Tensor], Tensor],
) -> Tensor:
    found = reduce(x, axes)
    right = is_right(found)
    if not x.numel() or (can_look(x) and right.all()):
        return found
    scale = scaling(x, axes)
    return torch.where(right, found, reduce(x * scale, axes) / scale)
