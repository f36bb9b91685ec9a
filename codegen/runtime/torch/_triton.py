"""The fused engine of GPUs: one launch of a Triton kernel for all tensors of a kind."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from subprocess import SubprocessError
from typing import Any

import torch
import triton.language as tl
from torch import Tensor
from triton.runtime.driver import driver

from ..triton import _clipping, _kernel
from ..triton._generation import kernel_of
from ..triton._generation import require as require
from . import _triton_tables as tables
from ._batch import Batch
from ._clip import Clip
from ._triton_launch import STORED, computed, current, kinds, launch_all, ready
from ._triton_scales import scales as scales
from ._triton_stages import launches

DTYPES = frozenset(STORED)


def has(rule: str) -> bool:
    """Not of a rule that computes with what Triton does not have."""
    return hasattr(kernel_of(rule), "flags")


def sees_lines(rule: str) -> bool:
    """Never: there are no kernels of rules that do."""
    return False


def prepare(
    rule: str,
    batch: Batch,
    grads: Sequence[Tensor],
    scalars: Mapping[str, Any],
    clip: Clip | None,
    inputs: Sequence[Sequence[Tensor] | None] = (),
    shapes: Sequence[Sequence[int]] = (),
) -> Callable[[], None]:
    """A launch that updates a batch in place, ready but for being called.

    All that can fail does so here: tables are made, and the kernel is compiled and loaded.

    Args:
        rule: the module it is in.
        batch: of a dtype of ``DTYPES``.
        grads: a gradient for each row, as the batch takes them.
        scalars: what the rule computes with and depends on, by name. Numbers can be float64
            tensors on the device, 0-d or with one element for each of the tensors.
        clip: what happens to the gradients before, for these tensors alone.
        inputs: in the order of the rule, a tensor for each row; None for what it does not read.
        shapes: none, as no kernel asks for them.

    Raises:
        RuntimeError: the rule has no kernel.

    What torch and Triton raise for want of memory, or of a compiler, comes from here too.
    """
    module = kernel_of(rule)
    if not has(rule):
        raise RuntimeError(module.__doc__)
    stored = STORED[batch.dtype]
    real = computed(stored)
    rows = len(batch.rows)

    def argument(value: float | Tensor) -> float | Tensor:
        return as_argument(value, batch.device, rows, real is tl.float64)

    with current(batch.device):
        table = tables.tables(batch, grads, inputs)
        function = getattr(_clipping, clip.transform.__name__.lower()) if clip else None
        limit = (argument(clip.number()),) if clip else ()
        if hasattr(module, "STAGES"):
            dtypes = stored, real
            own = launches(module, batch, table, scalars, argument, (function, limit), dtypes)
            starts = [
                (ready(f, grid, given, table.starts, (f, grid, *kinds(given))), given)
                for f, grid, given in own
            ]
            return partial(launch_all, batch.device, starts)
        if not table.grid[0]:
            return lambda: None
        numbers = tuple([argument(scalars[name]) for name in module.NUMBERS])
        options = (module.rule, module.flags(scalars), module.ROUNDS, function)
        arguments = (
            table.rows,
            table.blocks,
            numbers,
            limit,
            *options,
            table.places,
            table.rows.shape[1],
            stored,
            real,
            tables.BLOCK,
        )
        key = options, kinds(numbers), kinds(limit)
        start = ready(_kernel.step, table.grid, arguments, table.starts, key)
    return partial(launch_all, batch.device, [(start, arguments)])


def is_ready(device: torch.device) -> bool:
    """On NVIDIA's GPUs from Ampere on, for which the kernels are checked, with a C compiler."""
    if torch.version.cuda is None or torch.cuda.get_device_capability(device) < (8, 0):
        return False
    try:
        with current(device):
            driver.active.get_current_target()  # compiles what launches kernels
    except (RuntimeError, OSError, SubprocessError):
        return False
    return True


def as_argument(
    value: float | Tensor, device: torch.device, rows: int, is_double: bool
) -> float | Tensor:
    """A number as the kernel takes it: a float, which it gets in float32, or one a row in memory.

    Never an int: a kernel would be compiled for its value.
    """
    if isinstance(value, Tensor):
        return value.to(device).expand(rows).contiguous()
    if is_double:
        return torch.full((rows,), value, dtype=torch.float64, device=device)
    return float(value)
