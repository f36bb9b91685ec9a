"""The kernels of rules that reduce tensors: passes over the elements of all, and numbers of each.

A program of a pass takes one block of elements, as of a rule of one pass. Beside what it writes it
adds up the terms of what is reduced, in float64. A program of what comes between takes one tensor,
adds up what is there of its blocks, always in the same order, and computes numbers in float64.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import triton
import triton.language as tl

from ._kernel import load, number, store
from ._sums import SCALES as SCALES
from ._sums import put, reduced


class Pass(NamedTuple):
    """One pass.

    Args:
        rule: from the columns that are read, numbers and flags to what is written, and terms.
        reads: the names of these columns.
        writes: those of the columns that are written.
        ways: how each of the terms is reduced.
        numbers: what the rule computes with, in its order.
        rounds: whether it takes the dtype that is stored, last.
    """

    rule: Callable[..., Any]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    ways: tuple[str, ...]
    numbers: tuple[str, ...]
    rounds: bool


class Numbers(NamedTuple):
    """What is computed of each tensor.

    Args:
        rule: from what is reduced, the states that are read, numbers and flags to what later
            stages need, and what is written.
        ways, numbers, rounds: as of a pass; what is reduced are the terms of the one before.
        loads: the names of the states that are read.
        stores: those of the states that are written.
        kept: what later stages need.
    """

    rule: Callable[..., Any]
    ways: tuple[str, ...]
    loads: tuple[str, ...]
    stores: tuple[str, ...]
    numbers: tuple[str, ...]
    kept: tuple[str, ...]
    rounds: bool


Stage = Pass | Numbers


@triton.jit
def pass_(
    tensors,  # int64, a row a tensor: its size, and the addresses of theta, grad and states
    blocks,  # int32, a row a program: which tensor, and which block of it
    numbers,  # a float each, or a pointer to floats, one a tensor
    limit,  # the same, of the number that CLIP takes if any
    added,  # float64: of each block, of each term, SCALES sums
    RULE: tl.constexpr,
    FLAGS: tl.constexpr,
    ROUNDS: tl.constexpr,
    CLIP: tl.constexpr,
    READS: tl.constexpr,  # the column of each tensor that is read, 0 where it does not exist
    GRAD: tl.constexpr,  # the place of the gradient among them
    WRITES: tl.constexpr,  # of those that are written
    WAYS: tl.constexpr,
    COLUMNS: tl.constexpr,
    STORED: tl.constexpr,
    COMPUTED: tl.constexpr,
    BLOCK: tl.constexpr,
):
    program = tl.program_id(0)
    block = blocks + 2 * program
    row = tl.load(block)
    start = tl.load(block + 1).to(tl.int64) * BLOCK
    tensor = tensors + row * COLUMNS
    left = tl.minimum(tl.load(tensor) - start, BLOCK).to(tl.int32)
    skipped = start * (STORED.primitive_bitwidth // 8)
    sources = ()
    targets = ()
    misaligned = 0
    for k in tl.static_range(len(READS)):
        # What is loaded in place of a state that does not exist is never used, and not loaded.
        address = tl.load(tensor + (READS[k] if READS[k] else 1)) + skipped
        sources += (address,)
        misaligned |= address % 16
    for k in tl.static_range(len(WRITES)):
        address = tl.load(tensor + (WRITES[k] if WRITES[k] else 1)) + skipped
        targets += (address,)
        misaligned |= address % 16
    values = [number(x, row, COMPUTED) for x in numbers]
    limits = [number(x, row, COMPUTED) for x in limit]
    sums = added + program.to(tl.int64) * (len(WAYS) * SCALES)
    given = (sources, targets, left, values, limits, sums)
    # Two copies of the same: the first needs no mask, and is the one with 128-bit accesses.
    if (left == BLOCK) & (misaligned == 0):
        _elements(
            *given,
            RULE,
            FLAGS,
            ROUNDS,
            CLIP,
            READS,
            GRAD,
            WRITES,
            WAYS,
            STORED,
            COMPUTED,
            BLOCK,
            True,
        )
    else:
        _elements(
            *given,
            RULE,
            FLAGS,
            ROUNDS,
            CLIP,
            READS,
            GRAD,
            WRITES,
            WAYS,
            STORED,
            COMPUTED,
            BLOCK,
            False,
        )


@triton.jit
def _elements(
    sources,
    targets,
    left,
    numbers,
    limit,
    sums,
    RULE: tl.constexpr,
    FLAGS: tl.constexpr,
    ROUNDS: tl.constexpr,
    CLIP: tl.constexpr,
    READS: tl.constexpr,
    GRAD: tl.constexpr,
    WRITES: tl.constexpr,
    WAYS: tl.constexpr,
    STORED: tl.constexpr,
    COMPUTED: tl.constexpr,
    BLOCK: tl.constexpr,
    WHOLE: tl.constexpr,
):
    i = tl.arange(0, BLOCK)
    values = ()
    for k in tl.static_range(len(READS)):
        x = load(sources[k], i, left, STORED, WHOLE).to(COMPUTED)
        if CLIP is not None and k == GRAD:
            x = CLIP(x, *limit)
        values += (x,)
    flags = ()
    for k in tl.static_range(len(FLAGS)):
        flags += (FLAGS[k],)
    if ROUNDS:
        new = RULE(*values, *numbers, *flags, STORED)
    else:
        new = RULE(*values, *numbers, *flags)
    for k in tl.static_range(len(WRITES)):
        if WRITES[k]:
            store(targets[k], i, left, new[k].to(STORED), WHOLE)
    for k in tl.static_range(len(WAYS)):
        term = new[len(WRITES) + k].to(tl.float64)
        # A word out of a tuple is no constexpr before Triton 3.6, nor is one that has a name.
        put(term, i < left, sums + k * SCALES, tl.constexpr(WAYS[k]), COMPUTED)


@triton.jit
def numbers_(
    tensors,
    firsts,  # int64, the first block of each tensor, and one behind the last
    numbers,
    kept,  # pointers to float64, one a tensor
    added,
    RULE: tl.constexpr,
    FLAGS: tl.constexpr,
    ROUNDS: tl.constexpr,
    WAYS: tl.constexpr,
    LOADS: tl.constexpr,  # the column of each state that is read, 0 where it does not exist
    STORES: tl.constexpr,
    COLUMNS: tl.constexpr,
    STORED: tl.constexpr,
    COMPUTED: tl.constexpr,
):
    row = tl.program_id(0)
    tensor = tensors + row * COLUMNS
    first = tl.load(firsts + row)
    last = tl.load(firsts + row + 1)
    size = tl.load(tensor)
    given = ()
    for k in tl.static_range(len(WAYS)):
        own, stride = added + k * SCALES, len(WAYS) * SCALES
        given += (reduced(own, stride, first, last, size, tl.constexpr(WAYS[k]), COMPUTED),)
    for k in tl.static_range(len(LOADS)):
        if LOADS[k]:
            place = tl.load(tensor + LOADS[k]).to(tl.pointer_type(STORED))
            given += (tl.load(place).to(tl.float64),)
        else:
            given += (tl.full((), 0.0, tl.float64),)
    values = [number(x, row, tl.float64) for x in numbers]
    flags = ()
    for k in tl.static_range(len(FLAGS)):
        flags += (FLAGS[k],)
    if ROUNDS:
        new = RULE(*given, *values, *flags, STORED)
    else:
        new = RULE(*given, *values, *flags)
    for k in tl.static_range(len(kept)):
        tl.store(kept[k] + row, tl.cast(new[k], tl.float64))
    for k in tl.static_range(len(STORES)):
        if STORES[k]:
            place = tl.load(tensor + STORES[k]).to(tl.pointer_type(STORED))
            tl.store(place, tl.cast(new[len(kept) + k], COMPUTED).to(STORED))
