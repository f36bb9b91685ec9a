"""A kernel's work, shared among threads in compiled code, where none of them waits for Python.

Each takes the next piece of what is left until nothing is: large ones first and small ones last, so
that all end together, whenever they began.

A kernel is compiled for the types of its arguments (:func:`entry`) and then called by its address,
through one function for all kernels of the same types, which refuses arguments of others. That
function has threads called which wait in compiled code: OpenMP's or ``_workers``; where a system
has neither, threads of Python call it.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from ._kernel import Kernel, compiled
from ._threads import spread
from ._workers import ANY, INT, REGION_TYPE, have_called, workers

Kinds: TypeAlias = tuple[Any, ...]
"""Numba's types of what a kernel takes after the first and the last of a piece."""

COUNTS = types.int64[::1]
TABLE = types.int64[:, ::1]
NUMBERS = types.float64[::1]
VALUES = types.float64[:, ::1]
SUMS = types.float64[:, :, ::1]


class Entry(NamedTuple):
    """A kernel that is compiled.

    Args:
        kernel: itself, which keeps what was compiled.
        address: of its code.
        run: calls it, piece after piece.
    """

    kernel: Kernel
    address: int
    run: Callable[..., None]


def entry(kernel: Kernel, kinds: Kinds) -> Entry:
    """Compile a kernel for arguments of some types."""
    dispatcher: Any = kernel
    signature = types.void(types.int64, types.int64, *kinds)
    result = dispatcher.get_compile_result(signature)
    address = result.library.get_pointer_to_function(result.fndesc.llvm_func_name)
    return Entry(kernel, address, _runner(kinds))


def share(
    entry: Entry, arguments: tuple[Any, ...], count: int, least: int, threads: int, team: int
) -> None:
    """Have a kernel do work that goes from 0 to ``count``.

    Args:
        entry: the kernel's.
        arguments: what it takes after the first and the last of a piece.
        count: of the work.
        least: the smallest piece that is worth a thread.
        threads: how many may work at once.
        team: the address of OpenMP's start of a parallel region; 0 for ``_workers``, or threads of
            Python where there are none.

    Raises:
        MemoryError: there is no room for what the kernel computes with; its work is half done.
    """
    progress = np.zeros(2, np.int64)
    threads = min(threads, count // least)
    if threads < 2:
        threads, least, team = 1, count, 0
    how = entry.address, progress, count, least, threads, arguments
    if threads == 1 or team:
        entry.run(team, _NOBODY, 0, *how)
    elif own := workers():
        own.work(entry.run, threads - 1, how)
    else:
        spread(lambda _: entry.run(0, _NOBODY, 0, *how), threads, threads)
    if progress[_FAILED]:
        raise MemoryError("there is no memory left for what a kernel computes with")


_NOBODY = np.zeros(0, np.int64)
"""Where it is said what workers do, for none."""

_FAILED = 1
"""Where it is kept that a piece could not be done; before it, how far all are."""


def _share(
    team: int,
    call: NDArray[np.int64],
    called: int,
    address: int,
    progress: NDArray[np.int64],
    count: int,
    least: int,
    threads: int,
    arguments: tuple[Any, ...],
) -> None:
    _in_region(team, call, called, address, progress, count, least, threads, arguments)


@cache
def _runner(kinds: Kinds) -> Callable[..., None]:
    """What calls kernels of these types, and no others: where they lie is all that tells them."""
    runner: Any = compiled(_share)
    number, arguments = types.int64, types.BaseTuple.from_types(kinds)
    of_work = COUNTS, number, number, number
    runner.compile((number, COUNTS, number, number, *of_work, arguments))
    runner.disable_compile()
    return runner


_TEAM = ir.FunctionType(
    ir.VoidType(), [REGION_TYPE.as_pointer(), ANY, ir.IntType(32), ir.IntType(32)]
)
"""GCC's start of a region: also given how many threads, 0 for as many as there are, and flags."""


@intrinsic
def _in_region(
    typing: Any,
    team: Any,
    call: Any,
    called: Any,
    address: Any,
    progress: Any,
    count: Any,
    least: Any,
    threads: Any,
    arguments: Any,
) -> Any:
    """See :func:`share`. This thread works too, and does what no other has done."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        start, call_, called_, address_, where, *others = given
        call_ = context.make_array(call)(context, builder, call_).data
        where = context.make_array(progress)(context, builder, where).data
        fields = [address_, where, *others]
        shared = cgutils.alloca_once(builder, ir.LiteralStructType([x.type for x in fields]))
        for k, field in enumerate(fields):
            builder.store(field, cgutils.gep_inbounds(builder, shared, 0, k))
        region = ir.Function(builder.module, REGION_TYPE, f"{builder.function.name}.region")
        region.linkage = "internal"
        _fill(region, shared.type, context, arguments)
        of_all = builder.bitcast(shared, ANY)
        with builder.if_then(builder.icmp_unsigned("!=", start, INT(0))):
            function = builder.inttoptr(start, _TEAM.as_pointer())
            builder.call(function, [region, of_all, ir.IntType(32)(0), ir.IntType(32)(0)])
        is_asked = builder.icmp_unsigned("!=", called_, INT(0))
        with builder.if_else(is_asked) as (then, otherwise):
            with then:
                have_called(builder, call_, called_, region, of_all)
            with otherwise:
                builder.call(region, [of_all])
        return context.get_dummy_value()

    number = types.int64
    of_work = progress, number, number, number
    return types.void(number, call, number, number, *of_work, arguments), generate


def _fill(region: Any, shared: Any, context: Any, arguments: Any) -> None:
    """Have pieces taken and done, as long as something is left."""
    begun, again, taken, kept, failed, done = map(
        region.append_basic_block, ("", "again", "taken", "kept", "failed", "done")
    )
    builder = ir.IRBuilder(begun)
    fields = builder.bitcast(region.args[0], shared)
    address, progress, count, least, threads, given = (
        builder.load(cgutils.gep_inbounds(builder, fields, 0, k)) for k in range(6)
    )
    builder.branch(again)

    builder.position_at_end(again)
    begin = builder.load_atomic(progress, "monotonic", 8)
    left = builder.sub(count, begin)
    builder.cbranch(builder.icmp_signed(">", left, INT(0)), taken, done)

    builder.position_at_end(taken)
    pieces = builder.udiv(left, builder.mul(builder.mul(threads, INT(2)), least))
    pieces = builder.select(builder.icmp_unsigned(">", pieces, INT(1)), pieces, INT(1))
    end = builder.add(begin, builder.mul(pieces, least))
    end = builder.select(builder.icmp_signed("<", end, count), end, count)
    swapped = builder.cmpxchg(progress, begin, end, "monotonic", "monotonic")
    builder.cbranch(builder.extract_value(swapped, 1), kept, again)

    builder.position_at_end(kept)
    kinds = [types.int64, types.int64, *arguments.types]
    kernel = context.call_conv.get_function_type(types.none, kinds).as_pointer()
    kernel = builder.inttoptr(address, kernel)
    given = cgutils.unpack_tuple(builder, given)
    values = [begin, end, *map(partial(_uncounted, context, builder), arguments.types, given)]
    status, _ = context.call_conv.call_function(builder, kernel, types.none, kinds, values)
    builder.cbranch(status.is_error, failed, again)

    builder.position_at_end(failed)
    builder.store(INT(1), builder.gep(progress, [INT(_FAILED)]))
    builder.branch(again)

    builder.position_at_end(done)
    builder.ret_void()


def _uncounted(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """An argument, of which nobody counts who holds it: Python does, while kernels run.

    Threads that all change one count wait for one another, longer than for a chunk of elements.
    """
    if not isinstance(kind, types.Array):
        return value
    array = context.make_array(kind)(context, builder, value)
    array.meminfo = context.get_constant_null(types.voidptr)
    return array._getvalue()
