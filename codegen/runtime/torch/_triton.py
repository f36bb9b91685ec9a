"""The fused engine of GPUs: one launch of a Triton kernel for all tensors of a kind.

A kernel finds its tensors by their addresses, in a table on the device. It is kept with the batch
that it is of, and written again only where a gradient lies elsewhere, as one may that was set to
None.
"""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from subprocess import SubprocessError
from typing import Any, TypeAlias

import numpy as np
import torch
import triton.language as tl
from numpy.typing import NDArray
from torch import Tensor
from triton.runtime.driver import driver

from ..triton import _clipping, _kernel
from ..triton._generation import kernel_of
from ..triton._generation import require as require
from ._batch import Batch
from ._clips import Clip
from ._tensors import addresses
from ._triton_stages import launches

BLOCK = 1024
"""Elements a program of a launch updates."""

_WARPS = 4

_STORED = {
    torch.float32: tl.float32,
    torch.float64: tl.float64,
    torch.bfloat16: tl.bfloat16,
    torch.float16: tl.float16,
}

DTYPES = frozenset(_STORED)

Integers: TypeAlias = NDArray[np.integer]

_Upload: TypeAlias = Callable[[Tensor, torch.device], Tensor]
"""Makes a table on a device of one on the host."""


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
    stored = _STORED[batch.dtype]
    computed = tl.float64 if stored is tl.float64 else tl.float32
    rows = len(batch.rows)

    def argument(value: float | Tensor) -> float | Tensor:
        return as_argument(value, batch.device, rows, computed is tl.float64)

    with _current(batch.device):
        tables = _tables(batch, grads, inputs)
        function = getattr(_clipping, clip.transform.__name__.lower()) if clip else None
        limit = (argument(clip.number()),) if clip else ()
        if hasattr(module, "STAGES"):
            dtypes = stored, computed
            own = launches(
                module, batch, tables, scalars, argument, (function, limit), dtypes, BLOCK
            )
            starts = [(_ready(f, grid, given, {}, None), given) for f, grid, given in own]
            return partial(_launch_all, batch.device, starts)
        if not tables.grid[0]:
            return lambda: None
        numbers = tuple([argument(scalars[name]) for name in module.NUMBERS])
        options = (module.rule, module.flags(scalars), module.ROUNDS, function)
        arguments = (
            tables.rows,
            tables.blocks,
            numbers,
            limit,
            *options,
            tables.places,
            tables.rows.shape[1],
            stored,
            computed,
            BLOCK,
        )
        # Where a number lies in memory Triton asks how it is aligned, and compiles for that.
        is_known = not any(isinstance(x, Tensor) for x in (*numbers, *limit))
        key = options if is_known else None
        start = _ready(_kernel.step, tables.grid, arguments, tables.starts, key)
    return partial(_launch_all, batch.device, [(start, arguments)])


def _launch_all(device: torch.device, starts: Sequence[tuple[Any, tuple[Any, ...]]]) -> None:
    with _current(device):
        for start, arguments in starts:
            start(*arguments)


@dataclass
class _Tables:
    """What a kernel finds the tensors of a batch by, on the device."""

    places: tuple[int, ...]
    grid: tuple[int, int, int]
    content: Tensor
    """Of ``rows``, on the host."""
    rows: Tensor
    blocks: Tensor
    starts: dict[Any, Any] = field(default_factory=dict)
    """Launches of kernels that are compiled and loaded, by what they are compiled for."""


_GRADS = 2
"""Their column in ``rows``, after sizes and parameters."""

_Columns: TypeAlias = Sequence[Sequence[Tensor] | None]


def _tables(batch: Batch, grads: Sequence[Tensor], inputs: _Columns) -> _Tables:
    """Those of the current stream, where what is launched comes after they are written.

    They are kept with the batch, and written again when a gradient, or an input, is elsewhere than
    it was.
    """
    device = batch.device
    if device.type == "cuda" and torch.cuda.is_current_stream_capturing():
        return _made(batch, grads, inputs, _captured)
    # Of a stream there is an object to be made before it can be asked for.
    stream = torch._C._cuda_getCurrentRawStream(device.index) if device.type == "cuda" else 0
    tables: _Tables | None = batch.memo.get(stream)
    if tables is None:
        tables = batch.memo[stream] = _made(batch, grads, inputs, _uploaded)
        return tables
    content, there = tables.content.numpy(), [column for column in inputs if column is not None]
    places = [_GRADS, *range(content.shape[1] - len(there), content.shape[1])]
    found = np.stack([addresses(column) for column in (grads, *there)], axis=1)
    if not np.array_equal(content[:, places], found):
        content[:, places] = found
        tables.rows.copy_(_sendable(tables.content, device), non_blocking=True)
    return tables


def _made(batch: Batch, grads: Sequence[Tensor], inputs: _Columns, upload: _Upload) -> _Tables:
    table = batch.table(grads, inputs)
    content = torch.from_numpy(np.ascontiguousarray(table[[1, *batch.present]].T))
    sizes = table[1]
    return _Tables(
        places=places(len(table), batch.present),
        grid=(int(_blocks_in(sizes).sum()), 1, 1),
        content=content,
        rows=upload(content, batch.device),
        blocks=upload(torch.from_numpy(blocks(sizes)), batch.device),
    )


def _sendable(content: Tensor, device: torch.device) -> Tensor:
    """A copy that can be sent to a GPU while the host goes on, and what is sent from changes."""
    return content.pin_memory() if device.type == "cuda" else content


def _uploaded(content: Tensor, device: torch.device) -> Tensor:
    return _sendable(content, device).to(device, copy=True, non_blocking=True)


_sources: list[Tensor] = []
"""What CUDA graphs copy from at every replay."""


def _captured(content: Tensor, device: torch.device) -> Tensor:
    """In memory of the graph's own: what is kept with a batch may be gone when it is replayed."""
    _sources.append(_sendable(content, device))
    return _sources[-1].to(device, non_blocking=True)


def _ready(
    kernel: Any,  # is annotated with what it sees, not with what it is given
    grid: tuple[int, int, int],
    arguments: tuple[Any, ...],
    starts: dict[Any, Any],
    key: Any,
) -> Any:
    """A launch of the kernel that the arguments are for, kept under a key that is all it is for."""
    if key in starts:
        return starts[key]
    compiled = kernel.warmup(*arguments, grid=grid, num_warps=_WARPS, enable_fp_fusion=True)
    # There is none to be loaded beforehand where Triton interprets.
    start = (kernel if compiled is None else compiled)[grid]
    if key:
        starts[key] = start
    return start


def is_ready(device: torch.device) -> bool:
    """On NVIDIA's GPUs from Ampere on, for which the kernels are checked, with a C compiler."""
    if torch.version.cuda is None or torch.cuda.get_device_capability(device) < (8, 0):
        return False
    try:
        with _current(device):
            driver.active.get_current_target()  # compiles what launches kernels
    except (RuntimeError, OSError, SubprocessError):
        return False
    return True


def _current(device: torch.device) -> contextlib.AbstractContextManager[Any]:
    """Makes a GPU the current one, if it is not; Triton launches there."""
    if device.type != "cuda" or torch.cuda.current_device() == device.index:
        return contextlib.nullcontext()
    return torch.cuda.device(device)


def places(count: int, present: Sequence[int]) -> tuple[int, ...]:
    """The column of each tensor of a rule, after that of sizes.

    Args:
        count: the rows of a batch's table.
        present: those of them that are columns; what is not among them has the column of theta.
    """
    column = {row: 1 + k for k, row in enumerate(present)}
    return tuple(column.get(row, 1) for row in range(2, count))


def blocks(sizes: Integers) -> Integers:
    """A row for each block: the tensor that it is of, and its place there."""
    counts = _blocks_in(sizes)
    row = np.repeat(np.arange(len(sizes)), counts)
    first = (counts.cumsum() - counts)[row]
    return np.stack([row, np.arange(len(row)) - first], axis=1).astype(np.int32)


def _blocks_in(sizes: Integers) -> Integers:
    return -(-sizes // BLOCK)


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
