"""The engine of NumPy's functions: a rule is called with blocks of arrays, or with whole ones."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from . import _blocks as blocks
from ._blocks import Task, computed, is_written, packed, tasks
from ._clips import Clip
from ._known import Block, Known
from ._threads import cores, spread
from ._together import Running
from ._trees import Array, new_like

Rule: TypeAlias = partial[Any]
"""Updates blocks in place: ``rule(theta, grad, *states, *inputs, *scratch)``; its step is bound."""

Scratches: TypeAlias = dict[np.dtype[Any], list[list[Array]]]
"""Sets of scratch arrays of ``SHARED_BLOCK`` elements that no thread is using."""

SHARED_BLOCK = 1 << 17
"""Elements that each of several threads works on at a time. Measured on two threads: each call of a
function ends by taking Python's lock, and a thread that finds it taken sleeps, for longer than a
small block takes. So blocks of 2**14 are slower than on one thread, and these the fastest, though
they fall out of a small cache."""

SHARED = 1 << 16
"""The fewest elements of a tensor that several threads work on. Measured on two threads: with half
of them little is gained, with a quarter time is lost."""

SMALL = 1 << 11
"""The most elements of a tensor that is copied into a block with others, and out of it again.
Measured: of up to 1024 elements, 300 tensors take Adam two thirds of the time, and SGD three
quarters; of 4096 nothing is gained."""


def parts(
    grads: Sequence[Array], rows: Sequence[int], *, apart: bool
) -> Iterable[tuple[np.dtype[Any] | None, Sequence[int]]]:
    """All rows together, or apart by dtype where a rule rounds to it."""
    if not apart:
        return [(None, rows)]
    found: dict[np.dtype[Any], list[int]] = {}
    for row in rows:
        found.setdefault(grads[row].dtype, []).append(row)
    return found.items()


def whole(
    rule: Rule,
    known: Known,
    grads: Sequence[Array],
    clips: Sequence[Clip | None],
    rows: Iterable[int],
    scratch: int,
    *,
    takes_turns: bool,
) -> list[Callable[[], Running | None]]:
    """What updates rows by a rule that needs all elements of a tensor at once.

    Or gives what does so in turns: all rows are under way at once then, and share no scratch.
    """
    changes: list[Callable[[], Running | None]] = []
    # Of rows that are alike, the scratch is the same.
    buffers: dict[tuple[Any, ...], list[Array]] = {}
    for k in rows:
        grad, clip = grads[k], clips[k]
        given = known.whole(k, grad)
        if any(x is not None and x.size for x in given):
            # What NumPy makes of 0-d arrays are numbers, which cannot be written to.
            arrays = [x if x is None or x.ndim else x.reshape(1) for x in given]
            wide = [None if x is None else x.astype(computed(x.dtype), copy=False) for x in arrays]
            wide = known.seen(wide)
            theta = wide[0]
            assert theta is not None
            like = theta.dtype, theta.shape, theta.strides, k if takes_turns else None
            if like not in buffers:
                buffers[like] = [new_like(theta) for _ in range(scratch + bool(clip))]
            given = arrays, wide, clip, buffers[like], known.written
            changes.append(partial(_change_whole, rule, *given))
    return changes


def _change_whole(
    rule: Rule,
    arrays: Block,
    wide: Block,
    clip: Clip | None,
    scratch: list[Array],
    written: int,
) -> Running | None:
    running = _apply(rule, wide, clip, scratch)

    def store() -> None:
        for i, (array, new) in enumerate(zip(arrays, wide, strict=True)):
            if array is None or new is None or not is_written(i, written):
                continue
            if not np.may_share_memory(array, new):
                array[...] = new.reshape(array.shape)

    if running is None:
        return store()
    return Running(rule.args[0], running, store)


def blockwise(
    rule: Rule,
    known: Known,
    grads: Sequence[Array],
    clips: Sequence[Clip | None],
    rows: Iterable[int],
    scratch: int,
    scratches: Scratches,
) -> Callable[[], None]:
    """What updates rows by a rule of single elements, on several threads where that pays.

    Args:
        rule: see :data:`Rule`.
        known: the arrays.
        grads: of all rows.
        clips: what happens to each of them first.
        rows: those that are updated.
        scratch: how many scratch arrays the rule takes.
        scratches: those left from earlier steps; what this step adds is left there.
    """
    count = scratch + any(clips)  # all are clipped, or none

    def work(task: Iterable[Block], clip: Clip | None) -> None:
        for block in task:
            theta = block[0]
            assert theta is not None
            buffers = scratches[theta.dtype].pop()
            _apply(rule, block, clip, [buffer[: theta.size] for buffer in buffers[:count]])
            scratches[theta.dtype].append(buffers)

    threads = cores()
    shared: list[Task] = []
    alone: list[Task] = []
    single: list[tuple[Block, Clip | None]] = []
    small: dict[tuple[np.dtype[Any], Clip | None], list[Block]] = {}
    needed: dict[np.dtype[Any], tuple[int, int]] = {}
    """By dtype: how many sets of scratch arrays at once, and the most in one."""
    for k in rows:
        grad, clip = grads[k], clips[k]
        dtype, size = computed(grad.dtype), grad.size
        if not size:
            continue
        flat = known.flat(k, grad)
        if flat and size <= SMALL:
            small.setdefault((dtype, clip), []).append(flat)
            need = 2, max(count, len(flat))
        elif threads > 1 and size >= SHARED:
            shared += tasks(flat, known.whole(k, grad), clip, SHARED_BLOCK, known.written)
            need = threads, count
        elif flat and size <= blocks.BLOCK and dtype == grad.dtype:
            single.append((flat, clip))
            need = 1, count
        else:
            alone += tasks(flat, known.whole(k, grad), clip, blocks.BLOCK, known.written)
            need = 1, count
        if need != needed.get(dtype):
            (sets, most), before = need, needed.get(dtype, need)
            needed[dtype] = max(sets, before[0]), max(most, before[1])
    for dtype, (sets, most) in needed.items():
        _reserve(scratches, dtype, sets, most)

    def change() -> None:
        # Of rows that are a block each, those of one size have the same scratch.
        cut: dict[tuple[np.dtype[Any], int], list[Array]] = {}
        for flat, clip in single:
            theta = flat[0]
            assert theta is not None
            kind = theta.dtype, theta.size
            if kind not in cut:
                buffers = scratches[theta.dtype][-1]
                cut[kind] = [buffer[: theta.size] for buffer in buffers[:count]]
            _apply(rule, flat, clip, cut[kind])
        for task, clip in alone:
            work(task, clip)
        for (dtype, clip), pack in small.items():
            buffers = scratches[dtype].pop()
            work(packed(pack, buffers, known.written), clip)
            scratches[dtype].append(buffers)
        spread(lambda k: work(*shared[k]), len(shared), threads)

    return change


def _reserve(scratches: Scratches, dtype: np.dtype[Any], sets: int, count: int) -> None:
    """Have so many sets of so many scratch arrays: a change cannot wait for memory."""
    free = scratches.setdefault(dtype, [])
    while len(free) < sets:
        free.append([])
    for buffers in free:
        while len(buffers) < count:
            buffers.append(new_like(np.empty(SHARED_BLOCK, dtype)))


def _apply(rule: Rule, block: Block, clip: Clip | None, scratch: list[Array]) -> Any:
    theta, grad, *states = block
    assert grad is not None
    if clip:
        *scratch, out = scratch
        grad = clip(grad, out)
    return rule(theta, grad, *states, *scratch)
