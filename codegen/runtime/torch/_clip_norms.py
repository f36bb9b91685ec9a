"""The norms that gradients are clipped by, on one rank or over all of them.

``needed``  groups, their parameters and gradients -> norms of tensors and, if asked for, over all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress
from typing import Any

import torch
from torch import Tensor

from . import _over_ranks as over_ranks
from ._clip import Vectors
from ._limits import not_finite
from ._norms import combined
from ._norms import norms as norms_alike
from ._options import option
from ._rows import kinds


@dataclass(frozen=True)
class Sharing:
    """What ranks have to do together, whether or not they have gradients.

    Args:
        cut: how parameters whose norms are needed are cut up among ranks.
        strict: the limit of a group that refuses norms that are not finite; empty if none does.
    """

    cut: Mapping[Tensor, over_ranks.Cut]
    strict: str


def needed(
    reaches: Sequence[str],
    groups: Sequence[Mapping[str, Any]],
    params: Sequence[Sequence[Tensor]],
    grads: Sequence[list[Tensor]],
    sharing: Sharing,
) -> tuple[list[Vectors], Tensor | None]:
    """The norms of the gradients of groups that need them, and, if one does, over all."""
    strict = [option(group, "error_if_nonfinite") for group in groups]
    columns = [
        (own, given, is_strict) if reach == "tensor" else ([], [], False)
        for reach, own, given, is_strict in zip(reaches, params, grads, strict, strict=True)
    ]
    over_all = [
        is_strict for reach, is_strict in zip(reaches, strict, strict=True) if reach == "all"
    ]
    if over_all:
        columns.append(([*chain(*params)], [*chain(*grads)], any(over_all)))
    norms = [_norms(given) for _, given, _ in columns]
    if sharing.cut:
        norms = _whole(norms, [own for own, *_ in columns], [last for *_, last in columns], sharing)
    return norms[: len(groups)], _total(norms[-1]) if over_all else None


def _norms(grads: list[Tensor]) -> Vectors:
    return [
        (rows, _complete(norms_alike([grads[row] for row in rows])))
        for rows in kinds(grads).values()
    ]


def _complete(norm: Any) -> Tensor:
    """A norm as a plain tensor, of a DTensor too."""
    return norm.full_tensor() if hasattr(norm, "full_tensor") else norm


def _whole(
    norms: list[Vectors],
    params: Sequence[Sequence[Tensor]],
    strict: Sequence[bool],
    sharing: Sharing,
) -> list[Vectors]:
    """The norms over all ranks, from those of what this one holds.

    Raises:
        RuntimeError: on some rank, a norm that must be finite is not.
    """
    held = {
        own[row]: norm
        for own, found in zip(params, norms, strict=True)
        for rows, vector in found
        for row, norm in zip(rows, vector.unbind(), strict=True)
    }
    finite = [vector.isfinite().all() for found in compress(norms, strict) for _, vector in found]
    whole, flags = over_ranks.whole(held, finite, sharing.cut)
    if sharing.strict and any(flags):
        raise not_finite(sharing.strict)
    return [
        [(rows, torch.stack([whole[own[row]] for row in rows])) for rows, _ in found]
        for own, found in zip(params, norms, strict=True)
    ]


def _total(norms: Vectors) -> Tensor:
    """The norm over gradients, on the device of the first."""
    device = norms[0][1].device
    everything = [vector.to(device) for _, vector in norms]
    return combined(everything[0] if len(everything) == 1 else torch.cat(everything))
