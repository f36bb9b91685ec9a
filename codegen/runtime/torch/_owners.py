"""Matrices that ranks share: each is put together, updated by one rank, and handed out again.

All ranks of a mesh go through its matrices in one order, as many at a time as there are ranks.
Each puts together all of these, one after the other, and keeps the one that is its own; all update
theirs at once; and each sends out what has become of it, of which a rank keeps its part.
"""

from collections.abc import Callable, Sequence
from itertools import accumulate
from operator import mul
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor

from . import _shards as shards
from ._random import Draw, Drawn
from ._rows import alike, at
from ._rule import Rule, Start, State
from ._shapes import View
from ._states import write
from ._tensors import arithmetic


class Row(NamedTuple):
    """What updates a parameter, as ``_plain`` has it."""

    param: Tensor
    grad: Tensor
    state: State
    initial: dict[str, Start]
    scalars: dict[str, Any]
    clip: Callable[[Tensor], Tensor] | None
    inputs: Sequence[Drawn | None]
    view: View


def update(rule: Rule, given: Sequence[tuple[Any, ...]], one: Callable[..., Any]) -> None:
    """Update parameters that are DTensors, each on one of the ranks that share it.

    Args:
        rule: takes each matrix by itself.
        given: the rows, the same on all ranks.
        one: updates a plain tensor, given the rule and what a row has.
    """
    rows = [Row(*each) for each in given]
    for mesh, own in alike(_mesh(row.param) for row in rows).items():
        where = mesh.get_coordinate()
        if where is None:
            continue  # this rank has no part in them
        size, here = mesh.size(), _index(where, mesh.shape)
        for start in range(0, len(own), size):
            _in_one_go(rule, at(rows, own[start : start + size]), mesh, here, one)


def _in_one_go(rule: Rule, rows: list[Row], mesh: Any, here: int, one: Callable[..., Any]) -> None:
    """Update no more matrices than there are ranks."""
    mine: Row | None = None
    for turn, row in enumerate(rows):
        # What is not this rank's is given up before the next is put together.
        whole = _together(rule, row)
        if turn == here:
            mine = whole
    if mine is not None:
        one(rule, *mine)
    for turn, row in enumerate(rows):
        made = _updated(rule, mine) if mine is not None and turn == here else None
        if made is None:  # the numbers beside tensors every rank has of its own
            write([row.state], rule.step(dict(row.scalars))[1], row.initial)
        for i, x in enumerate(_updated(rule, row)):
            _send(sent := made[i].contiguous() if made else _room(x), mesh, turn)
            shards.put(sent, x)


def _together(rule: Rule, row: Row) -> Row:
    """The row with tensors in whole."""
    grad = row.grad.to(arithmetic(row.grad.dtype))  # before it is scaled, as elsewhere
    grad = row.clip(grad) if row.clip else grad
    param, *states = map(shards.whole, _updated(rule, row))
    return Row(
        param=param,
        grad=shards.whole_from(grad, row.param),
        state={**row.state, **dict(zip(_keys(rule, row), states, strict=True))},
        initial=row.initial,
        scalars=dict(row.scalars),
        clip=None,
        inputs=[_whole(x, row.param, param) for x in row.inputs],
        view=row.view,
    )


def _whole(x: Drawn | None, placed: Any, whole: Tensor) -> Drawn | None:
    """An input of all of a parameter, of which ranks have been given their parts."""
    if isinstance(x, Draw):
        return x.whole(whole)
    return None if x is None else shards.whole_from(x, placed)


def _keys(rule: Rule, row: Row) -> list[str]:
    return [key for key in rule.tensor_states.values() if key in row.initial]


def _updated(rule: Rule, row: Row) -> list[Tensor]:
    return [row.param, *(row.state[key] for key in _keys(rule, row))]


def _room(like: Tensor) -> Tensor:
    """For all of a tensor."""
    local: Tensor = getattr(like, "_local_tensor", like)
    return torch.empty(like.shape, dtype=local.dtype, device=local.device)


def _send(x: Tensor, mesh: Any, owner: int) -> None:
    """From the owner to all ranks of a mesh: along each of its dimensions, one after the other."""
    for d, size in enumerate(mesh.shape):
        if size > 1:
            place = owner // _stride(mesh.shape, d) % size
            dist.broadcast(x, group=mesh.get_group(d), group_src=place)


def _index(where: Sequence[int], shape: Sequence[int]) -> int:
    """The number of a rank in its mesh, counted row by row."""
    return sum(place * _stride(shape, d) for d, place in enumerate(where))


def _stride(shape: Sequence[int], d: int) -> int:
    return [*accumulate((*shape[d + 1 :],), mul, initial=1)][-1]


def _mesh(param: Any) -> Any:
    return param.device_mesh
