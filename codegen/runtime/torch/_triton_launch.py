"""Launches of Triton's kernels: compiled and loaded beforehand, so that nothing is left to fail."""

import contextlib
from collections.abc import Sequence
from typing import Any, cast

import torch
import triton.language as tl
from torch import Tensor

_WARPS = 4

STORED = {
    torch.float32: tl.float32,
    torch.float64: tl.float64,
    torch.bfloat16: tl.bfloat16,
    torch.float16: tl.float16,
}
"""The dtypes of tensors that kernels take."""


def computed(stored: Any) -> Any:
    """The dtype that is computed in."""
    return tl.float64 if stored is tl.float64 else tl.float32


def ready(
    kernel: Any,  # is annotated with what it sees, not with what it is given
    grid: tuple[int, int, int],
    arguments: tuple[Any, ...],
    starts: dict[Any, Any],
    key: Any,
) -> Any:
    """A launch of the kernel that the arguments are for, kept under a key that is all it is for."""
    if key not in starts:
        compiled = kernel.warmup(*arguments, grid=grid, num_warps=_WARPS, enable_fp_fusion=True)
        # There is none to be loaded beforehand where Triton interprets.
        starts[key] = (kernel if compiled is None else compiled)[grid]
    return starts[key]


def kinds(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """What Triton compiles a kernel for: all but numbers, and of tensors how they are aligned."""
    return tuple([_kind(x) for x in arguments])


def _kind(x: Any) -> Any:
    if isinstance(x, Tensor):
        return x.dtype, x.data_ptr() % 16 == 0
    if isinstance(x, tuple):
        return kinds(cast("tuple[Any, ...]", x))
    return float if isinstance(x, float) else x


def launch_all(device: torch.device, starts: Sequence[tuple[Any, tuple[Any, ...]]]) -> None:
    with current(device):
        for start, arguments in starts:
            start(*arguments)


def current(device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """Makes a GPU the current one, if it is not; Triton launches there."""
    if device.type != "cuda" or torch.cuda.current_device() == device.index:
        return contextlib.nullcontext()
    return torch.cuda.device(device)
