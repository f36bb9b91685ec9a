"""Totals over all tensors, of the parts that each has in them, and over all ranks.

A sum, a Euclidean norm or the largest of the parts; parts are sums, norms or the largest of the
elements of one tensor, or of what this rank holds of it. Ranks that hold different elements add
theirs by one all-reduce for each mesh; what several hold alike the first of them counts.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import torch
import torch.distributed as dist
from torch import Tensor

from . import _over_ranks as over_ranks
from ._norms import combined

Parts: TypeAlias = dict[Tensor, tuple[Any, ...]]
"""By parameter, one for each total."""


def over_all(
    kinds: Sequence[str], parts: Parts, cut: Mapping[Tensor, over_ranks.Cut]
) -> Sequence[Tensor]:
    """The totals, 0-d and in float64.

    Args:
        kinds: of each, how parts come together: ``"total"``, ``"norm"`` or ``"amax"``.
        parts: of the tensors that there are on this rank, 0-d.
        cut: how those are cut up of which this rank holds some elements, with and without parts.
    """
    whole = [p for p in parts if p not in cut]
    found = [[_one(kind, _column(parts, whole, k))] for k, kind in enumerate(kinds)]
    for mesh in dict.fromkeys(each.mesh for each in cut.values()):
        own = [p for p, each in cut.items() if each.mesh == mesh]
        groups = over_ranks.groups_of(mesh, {d for p in own for d in cut[p].dimensions})
        reduced = [d for dimensions in groups for d in dimensions]
        counted = [p for p in own if p in parts and over_ranks.counts(cut[p], reduced)]
        columns = [_column(parts, counted, k, like=own[0]) for k in range(len(kinds))]
        for each, one in zip(found, _over_ranks(kinds, columns, groups.values()), strict=True):
            each.append(one)
    device = found[0][-1].device
    return [
        _one(kind, torch.stack([x.to(device) for x in each]))
        for kind, each in zip(kinds, found, strict=True)
    ]


def _column(parts: Parts, of: Sequence[Tensor], k: int, like: Tensor | None = None) -> Tensor:
    """One of the parts of some parameters, in a vector."""
    rows = [_complete(parts[p][k]) for p in of]
    if not rows:
        device = None if like is None else like.device
        return torch.zeros(0, dtype=torch.float64, device=device)
    device = rows[0].device
    if len({(x.dtype, x.device) for x in rows}) > 1:
        rows = [x.to(device, torch.float64) for x in rows]
    return torch.stack(rows).to(torch.float64)


def _complete(part: Any) -> Tensor:
    """A part as a plain tensor, of a DTensor too."""
    return part.full_tensor() if hasattr(part, "full_tensor") else part


def _one(kind: str, parts: Tensor) -> Tensor:
    """The total of the parts in a vector, 0-d; of none 0, or what is less than all."""
    if kind == "total":
        return parts.sum()
    if kind == "norm":
        return combined(parts) if parts.numel() else parts.sum()
    return parts.amax() if parts.numel() else parts.new_full((), -torch.inf)


def _over_ranks(kinds: Sequence[str], columns: Sequence[Tensor], groups: Any) -> list[Tensor]:
    """The totals of the parts that ranks have in vectors."""
    table = torch.stack([_summed(kind, x) for kind, x in zip(kinds, columns, strict=True)])
    largest = torch.stack(
        [_one("amax", x.nan_to_num(-torch.inf, torch.inf, -torch.inf)) for x in columns]
    )
    for group in groups:
        dist.all_reduce(table, group=group)
        if "amax" in kinds:
            dist.all_reduce(largest, op=dist.ReduceOp.MAX, group=group)
    found = {
        "total": table[:, 0],
        "norm": over_ranks.roots(table),
        "amax": torch.where(table[:, 0] > 0, torch.nan, largest),
    }
    return [found[kind][k] for k, kind in enumerate(kinds)]


def _summed(kind: str, parts: Tensor) -> Tensor:
    """What is summed over ranks, three numbers: of the largest, whether it is a number."""
    if kind == "norm":
        return over_ranks.squares(parts).sum(0)
    return torch.stack(
        [(parts.isnan() if kind == "amax" else parts).sum().double(), *parts.new_zeros(2)]
    )
