"""A step of a rule that reduces: one call of a kernel for each of its stages, for many tensors.

Passes are spread over all cores, block by block. What comes between is computed on one, or, where
there are numbers of rows and columns, tensor by tensor on as many as pay.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import _tiles as tiles
from ._generation import kernel_of
from ._kernel import Kernel
from ._lines import scales
from ._sums import BLOCK, SCALES

Spread: TypeAlias = Callable[[Callable[[int, int], None], int, int], None]
"""Has work done that goes from 0 to a count, with that many elements."""


def has_stages(rule: str) -> bool:
    return hasattr(kernel_of(rule), "NUMBERS")


def sees_lines(rule: str) -> bool:
    """Whether it reduces rows or columns, and must know which elements those are."""
    return hasattr(kernel_of(rule), "along_lines")


def at_once(work: Callable[[int, int], None], count: int, _elements: int) -> None:
    work(0, count)


def run(
    rule: str,
    kinds: tuple[Any, Any],
    options: tuple[bool, ...],
    table: NDArray[np.int64],
    shapes: Sequence[Sequence[int]],
    scalars: Mapping[str, float],
    clip: int | None,
    numbers: NDArray[np.float64],
    spread_out: Spread = at_once,
) -> None:
    """Take one step; nothing is left to be compiled after one of no tensors.

    Args:
        rule: the kernels' module.
        kinds: what is stored and what is computed with.
        options: what they are compiled for.
        table: of the tensors.
        shapes: of each, where the rule sees lines.
        scalars: of the step.
        clip: the way in which each gradient is clipped.
        numbers: the limit or scale for each tensor.
        spread_out: has work done.
    """
    module = kernel_of(rule)
    tensors, sizes = table.shape[1], table[1]
    values = np.zeros((tensors, len(module.SCALARS) + len(module.NUMBERS)))
    values[:, : len(module.SCALARS)] = [float(scalars.get(name, 0.0)) for name in module.SCALARS]
    if sees_lines(rule):
        cut = tiles.cut(tuple(map(_as_matrices, shapes)))
        blocks, firsts = cut.blocks, cut.firsts
        beside = _lines(module, kinds[1], options, cut)
    else:
        blocks, firsts = _in_line(sizes)
        beside = ()
    added = np.zeros((len(blocks), module.TERMS, SCALES))
    for kernel, is_pass in module.compiled(*options, *kinds):
        if is_pass:

            def work(begin: int, end: int, kernel: Kernel = kernel) -> None:
                kernel(table, blocks, begin, end, clip, numbers, values, added, *beside)

            spread_out(work, len(blocks), int(sizes.sum()))
        elif beside:

            def each(begin: int, end: int, kernel: Kernel = kernel) -> None:
                kernel(table, firsts, begin, end, values, added, *beside)

            spread_out(each, tensors, beside[1].size)
        else:
            kernel(table, firsts, values, added)


def _in_line(sizes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The blocks of tensors, each a tensor and where in it; and the first of each."""
    counts = -(-sizes // BLOCK)
    firsts = np.concatenate([[0], counts.cumsum()])
    row = np.repeat(np.arange(len(sizes)), counts)
    return np.stack([row, (np.arange(len(row)) - firsts[row]) * BLOCK], axis=1), firsts


def _as_matrices(shape: Sequence[int]) -> tiles.Shape:
    *batch, rows, cols = (1, 1, *shape)
    return int(np.prod(batch, dtype=np.int64)), rows, cols


def _lines(
    module: Any, real: Any, options: tuple[bool, ...], cut: tiles.Blocks
) -> tuple[NDArray[Any], ...]:
    """What the kernels of a rule that sees lines are given of them, and for them."""
    numbers, parts = module.along_lines(*options)
    lines_at = tiles.places(cut.shapes, numbers, 1)
    parts_at = tiles.places(cut.shapes, parts, scales(real))
    lines, own = np.empty(lines_at[-1, 0]), np.empty(parts_at[-1, 0])
    return cut.shapes, lines, lines_at, own, parts_at
