"""What a kernel finds tensors by: their addresses, in a table on the device.

A table is kept with the batch that it is of, and written again only where a gradient lies
elsewhere, as one may that was set to None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ._tensors import addresses

BLOCK = 1024
"""Elements a program of a launch updates."""

Integers: TypeAlias = NDArray[np.integer]

_Upload: TypeAlias = Callable[[Tensor, torch.device], Tensor]
"""Makes a table on a device of one on the host."""


class Rows(Protocol):
    """What a table is made of; see ``_batch``."""

    device: torch.device
    memo: dict[Any, Any]
    present: list[int]

    def table(self, grads: Sequence[Tensor], inputs: "Columns" = ()) -> NDArray[np.int64]: ...


@dataclass
class Tables:
    """What a kernel finds the tensors of a batch by, on the device."""

    places: tuple[int, ...]
    grid: tuple[int, int, int]
    content: Tensor
    """Of ``rows``, on the host."""
    rows: Tensor
    blocks: Tensor
    firsts: Tensor
    """The first block of each tensor, and one behind the last."""
    starts: dict[Any, Any] = field(default_factory=dict)
    """Launches of kernels that are compiled and loaded, by what they are compiled for."""


_GRADS = 2
"""The column of gradients in ``rows``, after sizes and parameters."""

Columns: TypeAlias = Sequence[Sequence[Tensor] | None]


def tables(batch: Rows, grads: Sequence[Tensor], inputs: Columns, column: int = _GRADS) -> Tables:
    """Those of the current stream, where what is launched comes after they are written.

    They are kept with the batch, and written again when a gradient, or an input, is elsewhere than
    it was.

    Args:
        batch: of rows of tensors.
        grads: a gradient for each.
        inputs: more tensors for each, if there are such.
        column: that of the gradients in ``rows``.
    """
    device = batch.device
    if device.type == "cuda" and torch.cuda.is_current_stream_capturing():
        return _made(batch, grads, inputs, _captured)
    # Of a stream there is an object to be made before it can be asked for.
    stream = torch._C._cuda_getCurrentRawStream(device.index) if device.type == "cuda" else 0
    known: Tables | None = batch.memo.get(stream)
    if known is None:
        known = batch.memo[stream] = _made(batch, grads, inputs, _uploaded)
        return known
    content, there = known.content.numpy(), [column for column in inputs if column is not None]
    places = [column, *range(content.shape[1] - len(there), content.shape[1])]
    found = np.stack([addresses(column) for column in (grads, *there)], axis=1)
    if not np.array_equal(content[:, places], found):
        content[:, places] = found
        known.rows.copy_(_sendable(known.content, device), non_blocking=True)
    return known


def _made(batch: Rows, grads: Sequence[Tensor], inputs: Columns, upload: _Upload) -> Tables:
    table = batch.table(grads, inputs)
    content = torch.from_numpy(np.ascontiguousarray(table[[1, *batch.present]].T))
    sizes = table[1]
    ends = np.concatenate([[0], _blocks_in(sizes).cumsum()])
    return Tables(
        places=places(len(table), batch.present),
        grid=(int(ends[-1]), 1, 1),
        content=content,
        rows=upload(content, batch.device),
        blocks=upload(torch.from_numpy(blocks(sizes)), batch.device),
        firsts=upload(torch.from_numpy(ends), batch.device),
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
