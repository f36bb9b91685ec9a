"""What all kernels are made of: memory by its address, elements, and functions of elements.

Arithmetic rounds after every operation, as NumPy's does: nothing is contracted or reordered, so
that results depend neither on the vector instructions of a machine nor on how work is cut.
"""

import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from hashlib import sha256
from typing import Any, TypeAlias

import numpy as np
from llvmlite import ir
from numba import carray, njit, types
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.extending import intrinsic, overload

from ._functions import atan2 as atan2
from ._functions import bits_of, of_bits
from ._functions import cube_root as cube_root
from ._functions import exp as exp
from ._functions import log as log
from ._functions import power as power
from ._helper import FOR_KERNELS, helper, inlined

Kernel: TypeAlias = Callable[..., None]
"""Compiled for each kind of its arguments, when it is first called with them."""

CHUNK = 64
"""Elements of a tensor that are updated before memory is asked for again.

Few, as a core waits for few lines at once: of five arrays this asks for 20 of float32. Measured: a
pass of Adam takes 3 to 10 % less time than with 128.
"""

_LONG = 64 * CHUNK
"""Elements that are updated in one loop where memory is not asked for."""

AHEAD = 512
"""Elements from those that are updated to those that memory is asked for.

Processors themselves ask for what lies ahead, but no further than the end of a page, and not while
roots and quotients are waited for. Measured: a pass of Adam takes a tenth less time than without,
whether this is 256, 512 or 1024.
"""

_LINE = 64
"""Bytes that come from memory at once; where it is more, some are asked for twice."""


def compiled(function: Callable[..., None]) -> Kernel:
    """The function, to be compiled at its first call; it runs beside other threads.

    Code is found by a name: that of the function, and how many a process had before it. So what
    two processes have compiled of the same lines, for other options, can have one name, and who
    loads both would call one of them for the other. What the lines refer to is in the name, too.
    """
    function.__qualname__ += "." + sha256(repr(_referred_to(function)).encode()).hexdigest()[:16]
    kernel: Any = njit(nogil=True, error_model="numpy", no_cfunc_wrapper=True)(function)
    with suppress(RuntimeError):  # no folder can be written: then it is compiled in each process
        kernel._cache = _Cache(function)
    return kernel


def _referred_to(function: Callable[..., None]) -> list[Any]:
    """Flags and types, of the lines around a function."""
    return [cell.cell_contents for cell in function.__closure__ or ()]


class _Files:
    """Numba's files of what it has compiled of a function, others for each key.

    Numba itself numbers them, and two processes may take one number for different kernels.
    """

    def __init__(self, folder: str, name: str, source: object) -> None:
        self._folder = folder
        self._name = name
        self._source = source

    def load(self, key: object) -> Any:
        return self._of(key).load(key)

    def save(self, key: object, data: object) -> None:
        self._of(key).save(key, data)

    def discard(self, key: object) -> None:
        self._of(key).flush()

    def _of(self, key: object) -> Any:
        digest = sha256(repr((self._source, key)).encode()).hexdigest()[:16]
        return IndexDataCacheFile(self._folder, f"{self._name}.{digest}", self._source)


class _Cache(FunctionCache):
    """Makes files that are torn anew; where none can be written, this process goes on without."""

    def __init__(self, function: Callable[..., None]) -> None:
        super().__init__(function)
        base, locator = self._impl.filename_base, self._impl.locator
        self._cache_file = _Files(self.cache_path, base, locator.get_source_stamp())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # a file that is torn may raise anything
            with self._spared():
                self._cache_file.discard(self._index_key(sig, target_context.codegen()))
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with self._spared():
            super().save_overload(sig, data)

    @contextmanager
    def _spared(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.disable()
            _tell(self.cache_path, repr(error))


@cache
def _tell(folder: str, error: str) -> None:
    warnings.warn(
        f"kernels are compiled anew in this process: their files in {folder} cannot be "
        f"written ({error})",
        RuntimeWarning,
        stacklevel=2,
    )


@helper
def span(table: Any, row: int, begin: int, end: int) -> tuple[int, int]:
    """The first element of a row, and how many, that lie from ``begin`` to ``end`` of all."""
    first, size = table[0, row], table[1, row]
    offset = max(begin - first, 0)
    return offset, min(end - first, size) - offset


@helper
def chunk(table: Any, row: int) -> int:
    """Elements of a tensor that are updated in one loop.

    More than memory is asked for, where a step goes through a parameter and its gradient alone:
    then processors themselves ask in time. Measured: a pass of SGD takes 2 to 14 % less time, and
    one through three arrays would take 2 % more.
    """
    for state in range(4, table.shape[0]):
        if table[state, row] != 0:
            return CHUNK
    return _LONG


@helper
def memory(address: int, offset: int, size: int, stored: Any, ahead: int = AHEAD) -> Any:
    """``size`` elements of memory from the element ``offset``, as an array.

    Asks the processor for those that are so many ``ahead``, but in short rows, where it knows, and
    where more are updated than a chunk.
    """
    if address != 0 and CHUNK // 2 < size <= CHUNK:
        _prefetch(address, offset + ahead, stored)
    return carray(_pointer(address, stored), offset + size)[offset:]


@inlined
def view(array: Any, first: int, size: int) -> Any:
    """``size`` elements of an array from one on, for a loop that takes each as it lies there.

    A slice would be counted among those who hold the array, and asked of each of its places
    whether that is negative. The array has to outlive it.
    """
    return carray(_first(array), first + size)[first:]


@intrinsic
def _first(typing: Any, array: Any) -> Any:
    result = types.CPointer(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(array)(context, builder, arguments[0]).data

    return result(array), generate


@intrinsic
def _pointer(typing: Any, address: Any, stored: Any) -> Any:
    result = types.CPointer(stored.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(result))

    return result(address, stored), generate


@intrinsic
def _prefetch(typing: Any, address: Any, offset: Any, stored: Any) -> Any:
    """Ask for ``CHUNK`` elements from the element ``offset``, which may lie beyond the last."""
    size = stored.dtype.bitwidth // 8
    number, byte = ir.IntType(32), ir.IntType(8).as_pointer()

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        begin, first, _ = arguments
        whole = begin.type
        begin = builder.add(begin, builder.mul(first, whole(size)))
        function = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte] + [number] * 3)
        )
        how = number(0), number(3), number(1)  # to read, for all caches, data
        for line in range(0, CHUNK * size, _LINE):
            where = builder.inttoptr(builder.add(begin, whole(line)), byte)
            builder.call(function, [where, *how])
        return context.get_dummy_value()

    return types.void(address, offset, stored), generate


def load(memory: Any, index: Any) -> Any:
    """An element, in the dtype of the arithmetic."""


@overload(load, jit_options=FOR_KERNELS)
def _load(memory: Any, index: Any) -> Any:
    def plain(memory: Any, index: Any) -> Any:
        return memory[index]

    def widened(memory: Any, index: Any) -> Any:
        return of_bits(np.uint32(np.uint32(memory[index]) << np.uint32(16)))

    return widened if memory.dtype == types.uint16 else plain


def store(memory: Any, index: Any, value: Any) -> None:
    """Put a number into memory; 16 bits of it are those of a bfloat16, rounded to nearest even."""


@overload(store, jit_options=FOR_KERNELS)
def _store(memory: Any, index: Any, value: Any) -> Any:
    def plain(memory: Any, index: Any, value: Any) -> None:
        memory[index] = value

    def rounded(memory: Any, index: Any, value: Any) -> None:
        memory[index] = np.uint16(_as_bfloat16(value))

    return rounded if memory.dtype == types.uint16 else plain


@helper
def _as_bfloat16(value: Any) -> Any:
    bits = np.uint32(bits_of(value))
    half = np.uint32(0x7FFF) + (bits >> np.uint32(16) & np.uint32(1))
    kept = bits | np.uint32(0x400000) if value != value else bits + half  # a NaN stays one
    return kept >> np.uint32(16)


def stored(value: Any, kind: Any) -> Any:
    """The number as memory of a kind will hold it, in the dtype of the arithmetic."""


@overload(stored, jit_options=FOR_KERNELS)
def _stored(value: Any, kind: Any) -> Any:
    def plain(value: Any, kind: Any) -> Any:
        return value

    def rounded(value: Any, kind: Any) -> Any:
        return of_bits(np.uint32(_as_bfloat16(value) << np.uint32(16)))

    return rounded if kind.dtype == types.uint16 else plain


@helper
def square(x: Any) -> Any:
    return x * x


@helper
def erf(x: Any) -> Any:
    return math.erf(x)


@helper
def maximum(x: Any, y: Any) -> Any:
    """The larger, or NaN if one is."""
    return x if x >= y or x != x else y


@helper
def minimum(x: Any, y: Any) -> Any:
    """The smaller, or NaN if one is."""
    return x if x <= y or x != x else y


@helper
def sign(x: Any) -> Any:
    """-1, 0 or 1; NaN of NaN."""
    return x if x != x else type(x)((x > 0) - (x < 0))
