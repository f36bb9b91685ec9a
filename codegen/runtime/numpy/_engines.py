"""How a step runs: block by block through NumPy's functions, or through a compiled kernel.

Both engines round after every operation, in the same order, so that they give the same numbers;
only exponentials, logarithms and powers of elements may differ in the last bit. Neither result
depends on the number of threads.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import accumulate, groupby
from types import ModuleType
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from ._clips import Clip
from ._known import Block, Known
from ._threads import cores, spread
from ._trees import Array, new_like

Engine: TypeAlias = Literal["auto", "numpy", "numba"]

Rule: TypeAlias = Callable[..., None]
"""Updates blocks in place: ``rule(theta, grad, *states, *scratch)``."""

Scratches: TypeAlias = dict[np.dtype[Any], list[list[Array]]]
"""Sets of scratch arrays of ``SHARED_BLOCK`` elements that no thread is using."""

BLOCK = 1 << 15
"""Elements that a thread alone works on at a time. Measured: smaller blocks spend more of their
time on calls of NumPy's functions, larger ones fall out of the cache."""

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

COMPILED = 1 << 18
"""The fewest elements for which ``"auto"`` loads the compiled kernel: that takes a second,
which some 3000 steps of Adam make up for with so many elements, and fewer with more."""


def check(engine: str, kernel: str, name: str) -> None:
    """Refuse an engine that an optimizer cannot run on.

    Raises:
        ImportError: Numba, or the kernels, are not installed.
        ValueError: there is no engine of this name, or the rule has no kernel.
    """
    if engine not in get_args(Engine):
        raise ValueError(f"engine must be one of {', '.join(get_args(Engine))}, got {engine!r}")
    if engine != "numba":
        return
    if not kernel:
        raise ValueError(
            f"{name} has no compiled kernel, because its rule works on whole tensors; "
            'engine="auto" and "numpy" run it'
        )
    if _launcher() is None:
        raise ImportError(
            'engine="numba" needs Numba and the kernels for it: pip install "steprule[fast]"'
        )


def compiles(engine: Engine, kernel: str, size: int) -> bool:
    """Whether a checked engine runs the kernel, for so many elements."""
    if engine == "auto":
        return bool(kernel) and size >= COMPILED and _launcher() is not None
    return engine == "numba"


@cache
def _launcher() -> ModuleType | None:
    """What launches kernels, if it is installed; Numba takes long to import, so only when asked."""
    try:
        return importlib.import_module("..numba._launch", __package__)
    except ImportError:
        return None


def compiled(
    kernel: str,
    fingerprint: str,
    known: Known,
    clips: Sequence[Clip | None],
    given: Mapping[str, float],
) -> list[Callable[[], None]]:
    """What updates the rows a kernel can take, a launch for each dtype; kernels are compiled.

    Raises:
        RuntimeError: the kernel is not of the spec that the class is of.
    """
    launcher = _launcher()
    assert launcher is not None, "checked before"
    launcher.require(kernel, fingerprint)
    clip = next((clip.transform.__name__ for clip in clips if clip), "")
    launches: list[Callable[[], None]] = []
    for dtype, rows in known.kinds.items():
        launcher.prepare(kernel, dtype, given, clip)
        launch = partial(
            launcher.launch,
            kernel,
            dtype,
            known.table(dtype),
            given,
            clip=clip,
            numbers=[own.scalar for own in map(clips.__getitem__, rows) if own],
            threads=cores(),
        )
        launches.append(launch)
    return launches


def whole(
    rule: Rule,
    known: Known,
    grads: Sequence[Array],
    clips: Sequence[Clip | None],
    scratch: int,
) -> list[Callable[[], None]]:
    """What updates rows by a rule that needs all elements of a tensor at once."""
    changes: list[Callable[[], None]] = []
    # Of rows that are alike, the scratch is the same.
    buffers: dict[tuple[Any, ...], list[Array]] = {}
    for k, (grad, clip) in enumerate(zip(grads, clips, strict=True)):
        if grad.size:
            arrays = known.whole(k, grad)
            wide = [None if x is None else x.astype(computed(x.dtype), copy=False) for x in arrays]
            theta = wide[0]
            assert theta is not None
            like = theta.dtype, theta.shape, theta.strides
            if like not in buffers:
                buffers[like] = [new_like(theta) for _ in range(scratch + bool(clip))]
            changes.append(partial(_change_whole, rule, arrays, wide, clip, buffers[like]))
    return changes


def _change_whole(
    rule: Rule, arrays: Block, wide: Block, clip: Clip | None, scratch: list[Array]
) -> None:
    _apply(rule, wide, clip, scratch)
    for i, (array, new) in enumerate(zip(arrays, wide, strict=True)):
        if array is not None and new is not array and i != _GRAD:
            array[...] = new


def blocks(
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

    def work(blocks: Iterable[Block], clip: Clip | None) -> None:
        for block in blocks:
            theta = block[0]
            assert theta is not None
            buffers = scratches[theta.dtype].pop()
            _apply(rule, block, clip, [buffer[: theta.size] for buffer in buffers[:count]])
            scratches[theta.dtype].append(buffers)

    threads = cores()
    shared: list[_Task] = []
    alone: list[_Task] = []
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
            shared += _tasks(flat, known.whole(k, grad), clip, SHARED_BLOCK)
            need = threads, count
        elif flat and size <= BLOCK and dtype == grad.dtype:
            single.append((flat, clip))
            need = 1, count
        else:
            alone += _tasks(flat, known.whole(k, grad), clip, BLOCK)
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
        for blocks, clip in alone:
            work(blocks, clip)
        for (dtype, clip), pack in small.items():
            buffers = scratches[dtype].pop()
            work(_packed(pack, buffers), clip)
            scratches[dtype].append(buffers)
        spread(lambda k: work(*shared[k]), len(shared), threads)

    return change


def computed(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype computed in for a dtype stored: half precision is not computed with."""
    return np.dtype(np.float32) if dtype.itemsize == 2 else dtype


def _is_computed(block: Block) -> bool:
    theta = block[0]
    return theta is not None and computed(theta.dtype) == theta.dtype


_Task: TypeAlias = tuple[Iterable[Block], Clip | None]


def _reserve(scratches: Scratches, dtype: np.dtype[Any], sets: int, count: int) -> None:
    """Have so many sets of so many scratch arrays: a change cannot wait for memory."""
    free = scratches.setdefault(dtype, [])
    while len(free) < sets:
        free.append([])
    for buffers in free:
        while len(buffers) < count:
            buffers.append(new_like(np.empty(SHARED_BLOCK, dtype)))


def _apply(rule: Rule, block: Block, clip: Clip | None, scratch: list[Array]) -> None:
    theta, grad, *states = block
    assert grad is not None
    if clip:
        *scratch, out = scratch
        grad = clip(grad, out)
    rule(theta, grad, *states, *scratch)


def _tasks(flat: Block | None, whole: Block, clip: Clip | None, size: int) -> Iterator[_Task]:
    """A row cut into what one thread does at a time, in blocks of a size."""
    if flat is None:
        yield _strided(whole), clip
        return
    assert flat[0] is not None
    for start in range(0, flat[0].size, size):
        part = slice(start, start + size)
        block = [None if array is None else array[part] for array in flat]
        yield ([block] if _is_computed(block) else _strided(block)), clip


def _packed(rows: Sequence[Block], buffers: Sequence[Array]) -> Iterator[Block]:
    """Rows computed in one dtype, copied together into blocks; what is updated is copied back.

    A block has a row more at most than fits into ``BLOCK`` elements.
    """
    sizes = (theta.size for theta, *_ in rows if theta is not None)
    placed = zip(accumulate(sizes, initial=0), rows, strict=False)
    for _, pack in groupby(placed, lambda start_and_row: start_and_row[0] // BLOCK):
        first, *others = (row for _, row in pack)
        if not others and _is_computed(first):
            yield first
            continue
        columns = [
            [array for array in column if array is not None]
            for column in zip(first, *others, strict=True)
        ]
        count = sum(theta.size for theta in columns[0])
        block = [
            np.concatenate(column, out=buffer[:count]) if column else None
            for column, buffer in zip(columns, buffers, strict=False)
        ]
        yield block
        for k, (column, new) in enumerate(zip(columns, block, strict=True)):
            if new is not None and k != _GRAD:
                stop = 0
                for array in column:
                    start, stop = stop, stop + array.size
                    array[...] = new[start:stop]


_GRAD = 1
"""The place of the gradient in a row, which alone is not written to."""


def _strided(arrays: Block) -> Iterator[Block]:
    """Blocks of arrays of any layout and dtype, which NumPy's iterator copies in and out."""
    given = [i for i, array in enumerate(arrays) if array is not None]
    there = [array for array in arrays if array is not None]
    with np.nditer(
        there,
        flags=["external_loop", "buffered"],
        op_dtypes=[computed(array.dtype) for array in there],
        casting="same_kind",
        op_flags=[["readonly" if i == _GRAD else "readwrite"] for i in given],
        buffersize=BLOCK,
    ) as iterator:
        for parts in iterator:
            block: list[Array | None] = [None] * len(arrays)
            for i, part in zip(given, parts, strict=True):
                block[i] = part
            yield block
