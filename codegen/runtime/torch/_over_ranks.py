"""Norms of DTensors, from the norms of what each rank holds of them.

Squares are summed over the ranks, by one all-reduce for each mesh. It carries all tensors of the
mesh, with and without gradients, so that ranks agree on its size; a tensor that several ranks hold
alike is counted by the first of them. A square may lie outside of the range of numbers where the
norm does not: every norm is put, exactly, into one of three scales, and each is summed by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

_SHIFT = 600
"""Scales differ by two to this power, squared."""
_EDGE = 2.0**500
"""Beyond it, and below its inverse, squares are scaled: what is not has room for sums."""


@dataclass(frozen=True)
class Cut:
    """The dimensions of a mesh over which the elements of a tensor are shared out."""

    mesh: Any
    dimensions: tuple[int, ...]


def cuts(params: Iterable[Tensor]) -> dict[Tensor, Cut]:
    """Of each parameter that several ranks hold different elements of, how they are shared out."""
    found: dict[Tensor, Cut] = {}
    for p in params:
        mesh: Any = getattr(p, "device_mesh", None)
        placements = getattr(p, "placements", ())
        over = [d for d, x in enumerate(placements) if not x.is_replicate() and mesh.size(d) > 1]
        if over:
            found[p] = Cut(mesh, tuple(over))
    return found


def require_one_set(name: str, cut: Mapping[Tensor, Cut]) -> None:
    """Refuse tensors whose totals could differ between the ranks that share one of them.

    Raises:
        RuntimeError: they are in meshes of different ranks.
    """
    meshes = list(dict.fromkeys(each.mesh for each in cut.values()))
    if len({*map(_ranks, meshes)}) > 1:
        raise RuntimeError(
            f"{name} makes numbers of all its parameters, which are in meshes of different ranks: "
            f"{', '.join(map(str, meshes))}; give those of each mesh an optimizer"
        )


def whole(
    norms: Mapping[Tensor, Tensor], true: Sequence[Tensor], cut: Mapping[Tensor, Cut]
) -> tuple[dict[Tensor, Tensor], list[Tensor]]:
    """The norms of whole gradients, and whether some things are true on all ranks.

    Args:
        norms: by parameter, those of what this rank holds of gradients, as 0-d tensors.
        true: what is to be so.
        cut: of parameters with and without gradients, the same on all ranks.

    Returns:
        The norms, in float64, and for each mesh the number of its ranks on which not all is true.

    Raises:
        RuntimeError: a rank has no part in a mesh, and so cannot know the norms of its tensors.
            It is raised on all ranks.
    """
    found = dict(norms)
    meshes = list(dict.fromkeys(each.mesh for each in cut.values()))
    absent = [mesh for mesh in meshes if mesh.get_coordinate() is None]
    flags: list[Tensor] = []
    for mesh in meshes:
        if mesh in absent:
            continue
        own = [p for p, each in cut.items() if each.mesh == mesh]
        groups = groups_of(mesh, {d for p in own for d in cut[p].dimensions})
        reduced = [d for dimensions in groups for d in dimensions]
        how = {"dtype": torch.float64, "device": own[0].device}
        zero = torch.zeros((), **how)
        mine = [norms[p].to(**how) if p in norms and counts(cut[p], reduced) else zero for p in own]
        flag = zero if not true else 1 - torch.stack([x.to(**how) for x in true]).amin()
        last = torch.stack([flag, zero + len(absent), zero])
        sums = torch.cat([squares(torch.stack(mine)), last[None]])
        for group in groups.values():
            dist.all_reduce(sums, group=group)
        found |= zip(own, roots(sums[:-1]).unbind(), strict=True)
        flags.append(sums[-1, 0])
        # Some rank is absent only from meshes of other ranks than one that it is in.
        if len({*map(_ranks, meshes)}) > 1 and sums[-1, 1] > 0:
            absent.append(mesh)
    if absent:
        raise RuntimeError(
            "norms cannot be known to all ranks, because some of them are not in the mesh of some "
            f"tensors: {', '.join(map(str, meshes))}; give tensors of each mesh an optimizer"
        )
    return found, flags


def groups_of(mesh: Any, dimensions: Iterable[int]) -> dict[tuple[int, ...], Any]:
    """The groups of ranks to sum over, one after the other, and the dimensions each takes care of.

    One will do where all ranks are in the mesh.
    """
    over = sorted(dimensions)
    if len(over) > 1 and mesh.size() == dist.get_world_size():
        return {tuple(range(mesh.ndim)): dist.group.WORLD}
    return {(d,): mesh.get_group(d) for d in over}


def counts(cut: Cut, reduced: Iterable[int]) -> bool:
    """Whether this rank is the first of those that hold the same elements."""
    where = cut.mesh.get_coordinate()
    return all(where[d] == 0 for d in reduced if d not in cut.dimensions)


@cache
def _ranks(mesh: Any) -> frozenset[int]:
    return frozenset(mesh.mesh.flatten().tolist())


def squares(norms: Tensor) -> Tensor:
    """The squares of norms, of shape (norms, 3): each in the column of its scale, beside zeros."""
    large, small = norms > _EDGE, norms < 1 / _EDGE
    zero = torch.zeros_like(norms)
    columns = (
        torch.where(large, norms * 2.0**-_SHIFT, zero),
        torch.where(large | small, zero, norms),
        torch.where(small, norms * 2.0**_SHIFT, zero),
    )
    return torch.stack(columns, 1).square()


def roots(sums: Tensor) -> Tensor:
    """Norms from sums of their squares in three scales, of which the largest that is there counts.

    The next is added to it, and the last, where there are both others, is out of its reach.
    """
    down, up = 2.0**-_SHIFT, 2.0**_SHIFT
    large, middle, small = sums.unbind(1)
    upper = (large + (middle.sqrt() * down).square()).sqrt() * up
    lower = (middle + (small.sqrt() * down).square()).sqrt()
    least = small.sqrt() * down
    return torch.where(large > 0, upper, torch.where(middle != 0, lower, least))
