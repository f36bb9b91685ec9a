"""A step of a rule that reduces: one call of a kernel for each of its stages, for many tensors.

Passes are spread over all cores, block by block. What comes between is computed on one, or, where
there are numbers of rows and columns, tensor by tensor on as many as pay.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import _tiles as tiles
from ._generation import kernel_of
from ._lines import scales
from ._sums import BLOCK, SCALES, Stage
from ._team import COUNTS, NUMBERS, SUMS, TABLE, VALUES, Entry, entry, share


class Work(NamedTuple):
    """What a step has to do.

    Args:
        rule: the kernels' module.
        real: what is computed with.
        options: what they are compiled for.
        table: of the tensors.
        shapes: of each, where the rule sees lines.
        scalars: of the step.
        clip: the way in which each gradient is clipped.
        numbers: the limit or scale for each tensor.
    """

    rule: str
    real: Any
    options: tuple[bool, ...]
    table: NDArray[np.int64]
    shapes: Sequence[Sequence[int]]
    scalars: Mapping[str, float]
    clip: int | None
    numbers: NDArray[np.float64]


@cache
def has_stages(rule: str) -> bool:
    return hasattr(kernel_of(rule), "NUMBERS")


@cache
def sees_lines(rule: str) -> bool:
    """Whether it reduces rows or columns, and must know which elements those are."""
    return hasattr(kernel_of(rule), "along_lines")


Stages: TypeAlias = tuple[tuple[Entry, bool], ...]
"""The kernel of each stage, and whether it goes through blocks of elements; else it goes through
tensors."""


def entries(rule: str, stages: Sequence[Stage], clip: Any) -> Stages:
    """The kernels of stages, compiled.

    Args:
        rule: their module.
        stages: of it.
        clip: Numba's type of the way in which gradients are clipped.
    """
    beside = (TABLE, NUMBERS, TABLE, NUMBERS, TABLE) if sees_lines(rule) else ()
    of_pass = TABLE, TABLE, clip, NUMBERS, VALUES, SUMS, *beside
    between = TABLE, COUNTS, VALUES, SUMS, *beside
    return tuple(
        (entry(kernel, of_pass if is_pass else between), is_pass) for kernel, is_pass in stages
    )


def run(stages: Stages, work: Work, piece: int, threads: int, team: int) -> None:
    """Take a step.

    Args:
        stages: their kernels.
        work: what there is to do.
        piece: the fewest elements worth a thread.
        threads: how many may work at once.
        team: whose they are; see ``_team``.

    Raises:
        MemoryError: there is no room for what a kernel computes with.
    """
    module, table = kernel_of(work.rule), work.table
    tensors = table.shape[1]
    values = np.zeros((tensors, len(module.SCALARS) + len(module.NUMBERS)))
    given = [float(work.scalars.get(name, 0.0)) for name in module.SCALARS]
    values[:, : len(module.SCALARS)] = given
    if sees_lines(work.rule):
        shapes = tuple(map(tuple, work.shapes))
        cut, block = tiles.cut(shapes), tiles.TILE
        blocks, firsts = cut.blocks, cut.firsts
        beside = cut.shapes, *_lines(module, work.real, work.options, shapes)
        between = min(threads, beside[1].size // piece)
    else:
        blocks, firsts = _in_line(table[1].tobytes())
        block, beside, between = BLOCK, (), 1
    added = np.zeros((len(blocks), module.TERMS, SCALES))
    of_pass = table, blocks, work.clip, work.numbers, values, added, *beside
    of_numbers = table, firsts, values, added, *beside
    for kernel, is_pass in stages:
        if is_pass:
            share(kernel, of_pass, len(blocks), max(1, piece // block), threads, team)
        else:
            share(kernel, of_numbers, tensors, 1, between, team)


@lru_cache(maxsize=64)
def _in_line(counts: bytes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The blocks of tensors of so many elements, each a tensor and where in it; the first of each.

    To find them takes several steps of small tensors; so for ``_tiles``.
    """
    sizes = np.frombuffer(counts, np.int64)
    blocks = -(-sizes // BLOCK)
    firsts = np.concatenate([[0], blocks.cumsum()])
    row = np.repeat(np.arange(len(sizes)), blocks)
    return np.stack([row, (np.arange(len(row)) - firsts[row]) * BLOCK], axis=1), firsts


def _lines(
    module: Any, real: Any, options: tuple[bool, ...], shapes: tuple[tuple[int, ...], ...]
) -> tuple[NDArray[Any], ...]:
    """What the kernels of a rule that sees lines are given for them, and where each has its own."""
    numbers, parts = module.along_lines(*options)
    lines_at = tiles.places(shapes, numbers, 1)
    parts_at = tiles.places(shapes, parts, scales(real))
    lines, own = np.empty(lines_at[-1, 0]), np.empty(parts_at[-1, 0])
    return lines, lines_at, own, parts_at
