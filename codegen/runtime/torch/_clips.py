"""From the limits of groups to what happens to the gradients of a step.

``sharing``  all groups -> what ranks have to do together, asked whether or not one has gradients.
``clips``  groups that have gradients, and these -> a :class:`Clip` for each group.

Norms and scales are tensors on the gradients' device, which nothing here waits for unless
``error_if_nonfinite`` is set: a CUDA graph can capture them. A norm is not finite where a gradient
is not, or where it exceeds float64's range.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from torch import Tensor

from . import _clip_kernels as kernels
from . import _over_ranks as over_ranks
from . import _partition as partition
from ._clip import Clip, Vectors, Way, computed
from ._clip_norms import Sharing, needed
from ._clipping import TRANSFORMS
from ._limits import chosen, not_finite
from ._options import option
from ._rows import kinds
from ._tensors import number

Group: TypeAlias = Mapping[str, Any]


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
    memory: dict[Any, Any],
) -> list[Clip | None]:
    """What happens to the gradients of each group; None where nothing does.

    Norms over all tensors are over those of all groups, and on all ranks.

    Args:
        groups: those that have gradients.
        params: their parameters.
        grads: of these, what this rank holds.
        sharing: what ranks have to do together.
        memory: of this optimizer, for kernels.

    Raises:
        RuntimeError: a limit of elements meets complex numbers, which have no order; or a norm
            is infinite or NaN, on any rank, in a group with ``error_if_nonfinite``; or a norm
            cannot be known.
        ValueError: a group has two limits.
    """
    names = [chosen(TRANSFORMS, group) for group in groups]
    if not (any(names) or sharing.cut):
        return [None for _ in groups]
    for name, own in zip(names, grads, strict=True):
        if name and not TRANSFORMS[name].reach and any(grad.is_complex() for grad in own):
            raise RuntimeError(f"{name} does not support complex gradients")
    ways = [
        (TRANSFORMS[name], number(group[name])) if name else None
        for name, group in zip(names, groups, strict=True)
    ]
    is_plain = not (sharing.cut or any(option(group, "error_if_nonfinite") for group in groups))
    scales = kernels.scales(ways, grads, memory) if is_plain else None
    if scales is None:
        reaches = [way[0].reach if way else "" for way in ways]
        norms, total = needed(reaches, groups, params, grads, sharing)
        scales = [
            _scales(name, way, group, own, found, total) if way else []
            for name, way, group, own, found in zip(names, ways, groups, grads, norms, strict=True)
        ]
    return [Clip(*way, own) if way else None for way, own in zip(ways, scales, strict=True)]


def _scales(
    name: str,
    way: Way,
    group: Group,
    grads: list[Tensor],
    norms: Vectors,
    total: Tensor | None,
) -> Vectors:
    transform, limit = way
    if total is not None and transform.reach == "all":
        norms = [(rows, total.to(device)) for (device, *_), rows in kinds(grads).items()]
    elif not transform.reach:
        return []
    if option(group, "error_if_nonfinite") and not all(norm.isfinite().all() for _, norm in norms):
        raise not_finite(name)
    return [
        (rows, transform.scale(norm, limit).to(computed(grads[rows[0]])).expand(len(rows)))
        for rows, norm in norms
    ]
