"""From the limits of groups to what happens to the gradients of a step.

``sharing``  all groups -> what ranks have to do together, asked whether or not one has gradients.
``clips``  groups that have gradients, and these -> a :class:`Clip` for each group.

Norms and scales are tensors on the gradients' device, which nothing here waits for unless
``error_if_nonfinite`` is set: a CUDA graph can capture them. A norm is not finite where a gradient
is not, or where it exceeds float64's range.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import torch
from torch import Tensor

from . import _over_ranks as over_ranks
from . import _partition as partition
from ._clip_norms import Sharing, Vectors, needed
from ._clipping import TRANSFORMS
from ._limits import chosen, not_finite
from ._options import option
from ._rows import kinds
from ._tensors import Tensors, arithmetic, number
from ._transform import Transform

Group: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Clip:
    """What happens to the gradients of a group.

    Args:
        transform: the transform.
        limit: its argument.
        scales: the places of some gradients, and what they are scaled by, in one vector; all are
            in one of them, or none if the transform has no scales.
    """

    transform: type[Transform]
    limit: float
    scales: Vectors

    def one(self, grad: Tensor, row: int) -> Tensor:
        """A gradient, or what it was converted to; the row is its place in the group."""
        return self.transform.loop(grad, self._scalar(row, grad.dtype))

    def together(self, grads: list[Tensor], rows: list[int]) -> Tensors:
        """The same of several on one device."""
        if self.transform.reach == "tensor":
            return self.transform.foreach(grads, [self._scale(row) for row in rows])
        return self.transform.foreach(grads, self._scalar(rows[0], grads[0].dtype))

    def of(self, rows: list[int]) -> "Clip":
        """The same, of some of the gradients alone, of one dtype on one device."""
        if not self.scales:
            return self
        vector = next((own for places, own in self.scales if places == rows), None)
        if vector is None:
            vector = torch.stack([self._scale(row) for row in rows])
        return Clip(self.transform, self.limit, [([*range(len(rows))], vector)])

    def number(self) -> float | Tensor:
        """What a kernel takes for gradients on one device: the limit, or a vector of scales."""
        if not self.scales:
            return self.limit
        if len(self.scales) == 1:
            return self.scales[0][1]
        return torch.stack([self._scale(row) for row in range(len(self._places))])

    def _scalar(self, row: int, dtype: torch.dtype) -> Any:
        """What a gradient of a dtype is transformed with: its scale, or else the limit."""
        if self.scales:
            return self._scale(row)
        # torch refuses numbers beyond a dtype's range, which no finite element is above.
        return math.inf if self.limit > torch.finfo(dtype).max else self.limit

    def _scale(self, row: int) -> Tensor:
        vector, place = self._places[row]
        return vector[place]

    @cached_property
    def _places(self) -> dict[int, tuple[Tensor, int]]:
        return {row: (own, k) for rows, own in self.scales for k, row in enumerate(rows)}


def sharing(groups: Sequence[Group], wrapper: str, is_local: Callable[[Any], bool]) -> Sharing:
    """What ranks have to do together.

    Args:
        groups: all groups, with and without gradients.
        wrapper: what gave the optimizer but some of the parameters, if something did.
        is_local: whether norms are taken of what this rank holds of a group.

    Raises:
        RuntimeError: this rank cannot know a norm.
    """
    limits = [
        next((n for n, t in TRANSFORMS.items() if t.reach and option(g, n) is not None), "")
        for g in groups
    ]
    if not any(limits):
        return Sharing({}, "")
    over_all = next((name for name in limits if name and TRANSFORMS[name].reach == "all"), "")
    names = [over_all or name for name in limits]
    for name, group in zip(names, groups, strict=True):
        if name:
            partition.check(name, wrapper if over_all else "", group["params"])
    needed = [g["params"] for name, g in zip(names, groups, strict=True) if name and is_local(g)]
    strict = [
        name for name, g in zip(limits, groups, strict=True) if option(g, "error_if_nonfinite")
    ]
    return Sharing(over_ranks.cuts(p for params in needed for p in params), max(strict, default=""))


def clips(
    groups: Sequence[Group],
    params: Sequence[Sequence[Tensor]],
    grads: list[list[Tensor]],
    sharing: Sharing,
) -> list[Clip | None]:
    """What happens to the gradients of each group; None where nothing does.

    Norms over all tensors are over those of all groups, and on all ranks.

    Args:
        groups: those that have gradients.
        params: their parameters.
        grads: of these, what this rank holds.
        sharing: what ranks have to do together.

    Raises:
        RuntimeError: a limit of elements meets complex numbers, which have no order; or a norm
            is infinite or NaN, on any rank, in a group with ``error_if_nonfinite``; or a norm
            cannot be known.
        ValueError: a group has two limits.
    """
    names = [chosen(TRANSFORMS, group) for group in groups]
    if not (any(names) or sharing.cut):
        return [None for _ in groups]
    reaches = [TRANSFORMS[name].reach if name else "" for name in names]
    norms, total = needed(reaches, groups, params, grads, sharing)
    return [
        _clip(name, group, own, found, total) if name else None
        for name, group, own, found in zip(names, groups, grads, norms, strict=True)
    ]


def _clip(
    name: str,
    group: Group,
    grads: list[Tensor],
    norms: Vectors,
    total: Tensor | None,
) -> Clip:
    transform, limit = TRANSFORMS[name], number(group[name])
    if total is not None and transform.reach == "all":
        norms = [(rows, total.to(device)) for (device, *_), rows in kinds(grads).items()]
    elif not transform.reach:
        norms = []
        if any(grad.is_complex() for grad in grads):
            raise RuntimeError(f"{name} does not support complex gradients")
    if option(group, "error_if_nonfinite") and not all(norm.isfinite().all() for _, norm in norms):
        raise not_finite(name)
    scales = [
        (rows, transform.scale(norm, limit).to(_computed(grads[rows[0]])).expand(len(rows)))
        for rows, norm in norms
    ]
    return Clip(transform, limit, scales)


def _computed(grad: Tensor) -> torch.dtype:
    """The dtype of the reals that a gradient is computed with."""
    return arithmetic(grad.dtype).to_real()
