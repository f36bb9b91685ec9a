"""Threads of Python that wait for work in compiled code, where they are called without Python.

To wake a thread that waits in Python, and to have it wait for Python's lock, takes 0.15 ms where
caches are cold: more than many steps. Each of these waits for a semaphore, calls the region that
it finds beside it, and posts another. One thread at a time has them work.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from ctypes import CDLL, c_void_p, cast
from functools import cache
from threading import Lock, Thread
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

from ._kernel import compiled
from ._threads import cores

START, DONE, POST, WAIT, REGION, GIVEN = range(6)
"""What a call of workers finds where: the addresses of both semaphores, and of the functions of
these; the region that all of them call, and what with."""

_LINE = 8
"""Numbers that take as many bytes as come from memory at once, in which a semaphore has room: these
lie behind the rest, each by itself."""

INT = ir.IntType(64)
ANY = ir.IntType(8).as_pointer()
REGION_TYPE = ir.FunctionType(ir.VoidType(), [ANY])
"""What every thread calls, with what they share."""
_OF_SEMAPHORE = ir.FunctionType(ir.IntType(32), [INT])


class Workers:
    """Threads that wait, and where what they do is said.

    Raises:
        OSError: this system has no such semaphores.
    """

    def __init__(self) -> None:
        library: Any = CDLL(None)
        try:
            post, wait, start = library.sem_post, library.sem_wait, library.sem_init
        except AttributeError as error:
            raise OSError("there are no semaphores") from error
        self.call: NDArray[np.int64] = np.zeros(3 * _LINE, np.int64)
        for k in (START, DONE):
            self.call[k] = self.call[(1 + k) * _LINE :].ctypes.data
            if start(c_void_p(int(self.call[k])), 0, 0):
                raise OSError("semaphores are not for threads")
        self.call[POST], self.call[WAIT] = (cast(f, c_void_p).value or 0 for f in (post, wait))
        self.count = 0
        self._lock = Lock()
        serve = _server()
        with suppress(RuntimeError):  # no thread can be started, or no more: then fewer work
            for _ in range(cores() - 1):
                Thread(target=serve, args=(self.call,), name="steprule", daemon=True).start()
                self.count += 1

    def work(self, run: Callable[..., None], count: int, given: tuple[Any, ...]) -> None:
        """Run compiled code that has so many of them called, none if another thread has already.

        Args:
            run: the code, which takes OpenMP's team, of which there is none, ``call``, and how
                many are called.
            count: how many, if there are.
            given: what it takes besides.
        """
        are_free = self._lock.acquire(blocking=False)
        try:
            run(0, self.call, min(count, self.count) if are_free else 0, *given)
        finally:
            if are_free:
                self._lock.release()


@cache
def workers() -> Workers | None:
    """Those of this process; None where a system has no such semaphores."""
    if os.name != "posix":
        return None
    try:
        return Workers()
    except OSError:
        return None


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=workers.cache_clear)


def have_called(builder: Any, call: Any, count: Any, region: Any, given: Any) -> None:
    """Have so many workers call a region, which this thread calls too, and wait for them.

    Args:
        builder: of the code.
        call: where workers find what to do.
        count: how many.
        region: the function.
        given: what with.
    """
    _put(builder, call, REGION, builder.ptrtoint(region, INT))
    _put(builder, call, GIVEN, builder.ptrtoint(given, INT))
    with cgutils.for_range(builder, count):
        _of_semaphore(builder, call, POST, START)
    builder.call(region, [given])
    with cgutils.for_range(builder, count):
        _wait(builder, call, DONE)


@cache
def _server() -> Callable[..., None]:
    def serve(call: NDArray[np.int64]) -> None:
        while True:
            _serve(call)

    server: Any = compiled(serve)
    server.compile((types.int64[::1],))  # here, where it can be told if that fails
    return server


@intrinsic
def _serve(typing: Any, call: Any) -> Any:
    """Wait for a region, call it, and say that it is done."""

    def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        where = context.make_array(call)(context, builder, given[0]).data
        _wait(builder, where, START)
        region = builder.inttoptr(_of(builder, where, REGION), REGION_TYPE.as_pointer())
        builder.call(region, [builder.inttoptr(_of(builder, where, GIVEN), ANY)])
        _of_semaphore(builder, where, POST, DONE)
        return context.get_dummy_value()

    return types.void(call), generate


def _wait(builder: Any, call: Any, semaphore: int) -> None:
    """Wait for a semaphore, and go on waiting after a signal."""
    again = builder.append_basic_block("wait")
    done = builder.append_basic_block("waited")
    builder.branch(again)
    builder.position_at_end(again)
    found = _of_semaphore(builder, call, WAIT, semaphore)
    builder.cbranch(builder.icmp_signed("==", found, ir.IntType(32)(0)), done, again)
    builder.position_at_end(done)


def _of_semaphore(builder: Any, call: Any, function: int, semaphore: int) -> Any:
    function = builder.inttoptr(_of(builder, call, function), _OF_SEMAPHORE.as_pointer())
    return builder.call(function, [_of(builder, call, semaphore)])


def _of(builder: Any, call: Any, place: int) -> Any:
    return builder.load(builder.gep(call, [INT(place)]))


def _put(builder: Any, call: Any, place: int, value: Any) -> None:
    builder.store(value, builder.gep(call, [INT(place)]))
