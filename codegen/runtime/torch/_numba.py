"""The fused engine of the CPU: kernels that Numba compiles, on all threads torch may use."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from ..numba import _launch as kernels
from ..numba._generation import require as require
from ..numba._launch import sees_lines as sees_lines
from . import _openmp
from ._batch import Batch
from ._clip import Clip, Vectors, Way

_NAMES = {getattr(torch, name): name for name in kernels.DTYPES}

DTYPES = frozenset(_NAMES)


def has(rule: str) -> bool:
    """Always: where there is no kernel, the class names none."""
    return True


def prepare(
    rule: str,
    batch: Batch,
    grads: Sequence[Tensor],
    scalars: Mapping[str, Any],
    clip: Clip | None,
    inputs: Sequence[Sequence[Tensor] | None] = (),
    shapes: Sequence[Sequence[int]] = (),
) -> Callable[[], None]:
    """See ``_fused``; compiles the kernel if that has never been done."""
    return kernels.prepare(
        rule,
        _NAMES[batch.dtype],
        batch.table(grads, inputs),
        scalars,
        clip=clip.transform.__name__ if clip else "",
        numbers=_each(clip, len(grads)) if clip else (),
        shapes=shapes,
        threads=torch.get_num_threads(),
        team=_openmp.team(),
    )


def _each(clip: Clip, count: int) -> list[float]:
    """The number that each of the gradients is clipped with."""
    number = clip.number()
    return number.tolist() if isinstance(number, Tensor) else [number] * count


def scales(
    ways: Sequence[Way | None], grads: Sequence[Sequence[Tensor]], memory: dict[Any, Any]
) -> list[Vectors] | None:
    """None: the host's norms are looked at, and taken by torch on all threads."""


def is_ready(device: torch.device) -> bool:
    """Never: the first step of a process would wait for compilers, for what torch does as well."""
    return False
