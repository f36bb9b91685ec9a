"""One call of a kernel for many tensors, on all cores; of a rule of stages, one for each."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
from numba import typeof
from numpy.typing import NDArray

from . import _in_stages as in_stages
from ._clipping import CLIPS
from ._generation import kernel_of
from ._generation import require as require
from ._in_stages import sees_lines as sees_lines
from ._team import NUMBERS, TABLE, Entry, entry, share

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
    team: int = 0,
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
        team: whose they are: the address of OpenMP's start of a parallel region; 0 for our own.
    """
    module = kernel_of(rule)
    options = module.options(**scalars)
    found = _compiled(rule, dtype, options, clip)
    given = np.array(numbers, np.float64) if clip else np.zeros(table.shape[1])
    how = CLIPS.get(clip)
    if not isinstance(found, Entry):
        _, real = _TYPES[dtype]
        work = in_stages.Work(rule, real, options, table, shapes, scalars, how, given)
        return partial(in_stages.run, found, work, PIECE, threads, team)
    total = int(table[0, -1]) + int(table[1, -1])
    values = np.array([float(scalars[name]) for name in module.SCALARS])
    return partial(share, found, (table, given, how, values), total, PIECE, threads, team)


@cache
def _compiled(
    rule: str, dtype: str, options: tuple[bool, ...], clip: str
) -> Entry | in_stages.Stages:
    """The kernel, compiled; of a rule of stages, that of each."""
    found, how = kernel_of(rule).compiled(*options, *_TYPES[dtype]), typeof(CLIPS.get(clip))
    if in_stages.has_stages(rule):
        return in_stages.entries(rule, found, how)
    return entry(found, (TABLE, NUMBERS, how, NUMBERS))
