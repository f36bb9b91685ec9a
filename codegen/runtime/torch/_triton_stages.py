"""Launches of a rule that reduces tensors: one of each pass over memory, and of numbers between.

What they hand on lies on the device, made for each step: of every block what its terms add up to,
and of every tensor the numbers that later stages need.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from ..triton import _stages as stages
from . import _triton_tables as tables
from ._batch import Batch
from ._triton_tables import Tables

Launch = tuple[Any, tuple[int, int, int], tuple[Any, ...]]
"""A kernel, its grid, and what it is given."""


def launches(
    module: Any,
    batch: Batch,
    table: Tables,
    scalars: Mapping[str, Any],
    argument: Callable[[Any], float | Tensor],
    clip: tuple[Any, tuple[Any, ...]],
    dtypes: tuple[Any, Any],
) -> list[Launch]:
    """Those of a step, in order.

    Args:
        module: of the rule.
        batch: what is updated.
        table: where its tensors are, on the device.
        scalars: by name.
        argument: makes of one what a kernel takes.
        clip: a function or None, and the number that it takes if any.
        dtypes: what is stored, and what is computed with.
    """
    flags = module.flags(scalars)
    columns, rows = table.rows.shape[1], len(batch.rows)
    place = _places(module.TENSORS, table.places)
    handed_on: dict[str, Tensor] = {}
    added = table.rows
    found: list[Launch] = []

    def given(names: Sequence[str]) -> tuple[float | Tensor, ...]:
        return tuple(handed_on[n] if n in handed_on else argument(scalars[n]) for n in names)

    for stage in module.STAGES:
        how = stage.rule, flags, stage.rounds
        if isinstance(stage, stages.Pass):
            size = table.grid[0], max(1, len(stage.ways)), stages.SCALES.value
            added = torch.empty(size, dtype=torch.float64, device=batch.device)
            function, number = clip
            reads = tuple(place[name] for name in stage.reads)
            is_clipped = function is not None and "grad" in stage.reads
            arguments = (
                table.rows,
                table.blocks,
                given(stage.numbers),
                number if is_clipped else (),
                added,
                *how,
                function if is_clipped else None,
                reads,
                stage.reads.index("grad") if "grad" in stage.reads else -1,
                tuple(place[name] for name in stage.writes),
                stage.ways,
                columns,
                *dtypes,
                tables.BLOCK,
            )
            if table.grid[0]:
                found.append((stages.pass_, table.grid, arguments))
            continue
        numbers = given(stage.numbers)
        own = torch.empty((len(stage.kept), rows), dtype=torch.float64, device=batch.device)
        handed_on |= zip(stage.kept, own.unbind(), strict=True)
        arguments = (
            table.rows,
            table.firsts,
            numbers,
            tuple(own.unbind()),
            added,
            *how,
            stage.ways,
            tuple(place[name] for name in stage.loads),
            tuple(place[name] for name in stage.stores),
            columns,
            *dtypes,
        )
        found.append((stages.numbers_, (rows, 1, 1), arguments))
    return found


def _places(names: Sequence[str], places: Sequence[int]) -> dict[str, int]:
    """The column of each tensor by name, 0 of one that does not exist."""
    theta, *others = zip(names, places, strict=True)
    return dict([theta]) | {name: 0 if at == theta[1] else at for name, at in others}
