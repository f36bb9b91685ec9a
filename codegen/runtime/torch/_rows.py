"""Rows, the places of tensors among those of their group: which have something in common."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import is_
from typing import Any, TypeAlias, TypeVar

import torch
from torch import Tensor

Key = TypeVar("Key")
Result = TypeVar("Result")
Kind: TypeAlias = tuple[torch.device, torch.dtype, bool]
"""Where tensors are, what they hold, and whether they are plain."""


def alike(keys: Iterable[Key]) -> dict[Key, list[int]]:
    """The rows of each key."""
    rows: dict[Key, list[int]] = defaultdict(list)
    for i, key in enumerate(keys):
        rows[key].append(i)
    return rows


def by_key(keys: Iterable[Key], work: Callable[[Key, list[int]], Iterable[Result]]) -> list[Result]:
    """What work on the rows of a key gives for each of them, of all keys, in the rows' order."""
    found: dict[int, Result] = {}
    for key, rows in alike(keys).items():
        found |= zip(rows, work(key, rows), strict=True)
    return [found[i] for i in range(len(found))]


def kinds(tensors: Sequence[Tensor]) -> dict[Kind, list[int]]:
    """The rows of tensors that one call can take."""
    devices, dtypes, types = (
        {x.device for x in tensors},
        {x.dtype for x in tensors},
        {*map(type, tensors)},
    )
    if len(devices) == len(dtypes) == len(types) == 1:  # as they mostly are
        return {(devices.pop(), dtypes.pop(), types == {Tensor}): [*range(len(tensors))]}
    return alike((x.device, x.dtype, type(x) is Tensor) for x in tensors)


def at(column: list[Any], rows: Sequence[int]) -> list[Any]:
    """What some rows have in a column; the column itself where they are all."""
    return column if len(rows) == len(column) else [column[i] for i in rows]


def same(objects: Sequence[Any], known: Sequence[Any]) -> bool:
    """Whether these are the same objects."""
    return len(objects) == len(known) and all(map(is_, objects, known))


def pieces(rows: list[int], params: list[Tensor], most: int) -> Iterator[list[int]]:
    """The rows cut where parameters would have more than ``most`` elements together."""
    piece: list[int] = []
    size = 0
    for row in rows:
        size += params[row].numel()
        if piece and size > most:
            yield piece
            piece, size = [], params[row].numel()
        piece.append(row)
    yield piece
