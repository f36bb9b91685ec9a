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


def prepare(rule: str, dtype: str, scalars: Mapping[str, float], clip: str) -> None:
    """Compile a kernel, so that nothing is left to go wrong once tensors change.

    The arguments are those of :func:`launch`.
    """
    _compile(rule, dtype, kernel_of(rule).options(**scalars), clip)


@cache
def _compile(rule: str, dtype: str, options: tuple[bool, ...], clip: str) -> None:
    if in_stages.has_stages(rule):
        nothing = np.empty((2, 0), np.int64), (), {}
        in_stages.run(rule, _TYPES[dtype], options, *nothing, CLIPS.get(clip), np.empty(0))
        return
    nothing = np.empty((2, 0), np.int64), np.empty(0)
    numbers = [0.0] * len(kernel_of(rule).SCALARS)
    _kernel(rule, dtype, options)(*nothing, 0, 0, CLIPS.get(clip), *numbers)


def _kernel(rule: str, dtype: str, options: tuple[bool, ...]) -> Kernel:
    return kernel_of(rule).compiled(*options, *_TYPES[dtype])


def launch(
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
) -> None:
    """Take one step for tensors whose elements lie densely and in one order.

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
    given = np.array(numbers, np.float64) if clip else np.zeros(table.shape[1])
    spread_out = partial(_spread, threads=threads, spread=spread)
    how = CLIPS.get(clip)
    if in_stages.has_stages(rule):
        of = table, shapes, scalars
        in_stages.run(rule, _TYPES[dtype], options, *of, how, given, spread_out)
        return
    kernel = _kernel(rule, dtype, options)
    total = int(table[0, -1]) + int(table[1, -1])
    values = [float(scalars[name]) for name in module.SCALARS]

    def work(begin: int, end: int) -> None:
        kernel(table, given, begin, end, how, *values)

    spread_out(work, total, total)


def _spread(
    work: Callable[[int, int], None],
    count: int,
    elements: int,
    *,
    threads: int,
    spread: Callable[[Callable[[int], None], int, int], None],
) -> None:
    """Have work done that goes from 0 to ``count``, in as many pieces as pay."""
    pieces = min(threads, elements // PIECE) or 1
    bounds = [count * k // pieces for k in range(pieces + 1)]
    spread(lambda k: work(bounds[k], bounds[k + 1]), pieces, threads)
