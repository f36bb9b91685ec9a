"""One call of a kernel for many tensors, on all cores; of a rule of stages, one for each."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _in_stages as in_stages
from ._clipping import CLIPS
from ._generation import kernel_of
from ._generation import require as require
from ._in_stages import sees_lines as sees_lines
from ._kernel import Kernel
from ._threads import spread as spread_over_cores

PIECE = 1 << 16
"""The fewest elements worth a thread: some 50 microseconds of work, as much as asking one takes."""

_TYPES: dict[str, tuple[Any, Any]] = {
    "float32": (np.float32, np.float32),
    "float64": (np.float64, np.float64),
    "bfloat16": (np.uint16, np.float32),
}
"""What is stored and what is computed with, by dtype."""

DTYPES = frozenset(_TYPES)
"""The dtypes there are kernels for."""


def prepare(
    rule: str,
    dtype: str,
    table: NDArray[np.int64],
    scalars: Mapping[str, float],
    *,
    clip: str = "",
    numbers: Sequence[float] = (),
    shapes: Sequence[Sequence[int]] = (),
    threads: int,
    spread: Callable[[Callable[[int], None], int, int], None] = spread_over_cores,
) -> Callable[[], None]:
    """A step for tensors whose elements lie densely and in one order: calling it takes the step.

    Its kernel is compiled here, so that nothing is left to go wrong once tensors change.

    Args:
        rule: the kernel's module.
        dtype: one of ``DTYPES``.
        table: a column for each of the tensors, at least one: the number of elements of all
            before it, its own, and the addresses of the parameter, of the gradient and of each
            state; 0 where there is none.
        scalars: flags, hyperparameters and other scalars of the step, by name.
        clip: the transform of the gradients, one of ``CLIPS``; empty for none.
        numbers: its limit or scale for each tensor.
        shapes: of each tensor, for a rule that reduces rows or columns: then its elements lie in
            C's order.
        threads: how many may work at once; results do not depend on it.
        spread: has the work done by them; see ``_threads``.
    """
    module = kernel_of(rule)
    options = module.options(**scalars)
    kernel = _compiled(rule, dtype, options, clip)
    given = np.array(numbers, np.float64) if clip else np.zeros(table.shape[1])
    spread_out = partial(_spread, threads=threads, spread=spread)
    how = CLIPS.get(clip)
    if kernel is None:
        of = table, shapes, scalars
        return partial(in_stages.run, rule, _TYPES[dtype], options, *of, how, given, spread_out)
    total = int(table[0, -1]) + int(table[1, -1])
    values = [float(scalars[name]) for name in module.SCALARS]

    def work(begin: int, end: int) -> None:
        kernel(table, given, begin, end, how, *values)

    return partial(spread_out, work, total, total)


@cache
def _compiled(rule: str, dtype: str, options: tuple[bool, ...], clip: str) -> Kernel | None:
    """The kernel, compiled; None of a rule of stages, all of whose are."""
    kinds, how = _TYPES[dtype], CLIPS.get(clip)
    table, numbers = np.empty((2, 0), np.int64), np.empty(0)
    if in_stages.has_stages(rule):
        in_stages.run(rule, kinds, options, table, (), {}, how, numbers)
        return None
    kernel: Kernel = kernel_of(rule).compiled(*options, *kinds)
    kernel(table, numbers, 0, 0, how, *[0.0] * len(kernel_of(rule).SCALARS))
    return kernel


def _spread(
    work: Callable[[int, int], None],
    count: int,
    elements: int,
    *,
    threads: int,
    spread: Callable[[Callable[[int], None], int, int], None],
) -> None:
    """Have work done that goes from 0 to ``count``, in as many pieces as pay."""
    pieces = min(threads, elements // PIECE)
    if pieces < 2:
        work(0, count)
        return
    bounds = [count * k // pieces for k in range(pieces + 1)]
    spread(lambda k: work(bounds[k], bounds[k + 1]), pieces, threads)
