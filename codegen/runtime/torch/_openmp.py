"""Work spread over the threads that torch itself computes with.

Where torch uses OpenMP, its threads wait for their next piece of work in a loop, for milliseconds.
Threads of another pool would share the cores with them meanwhile.
"""

import os
from collections.abc import Callable
from ctypes import CDLL, CFUNCTYPE, c_uint, c_void_p
from functools import cache
from typing import Any

from ..numba import _threads as threads_of_python

_PROCESS = os.getpid()

_Region = CFUNCTYPE(None, c_void_p)
"""What every thread of a team calls."""


def spread(work: Callable[[int], None], pieces: int, threads: int) -> None:
    """As ``_threads.spread``, but for the context: that is only this thread's.

    Nothing can be raised through OpenMP: an interrupt would be lost, which is held back meanwhile.
    """
    parallel = _parallel()
    if parallel is None or min(threads, pieces) == 1 or os.getpid() != _PROCESS:
        threads_of_python.spread(work, pieces, threads)
        return
    shared = threads_of_python.Pieces(work, pieces)
    # 0 is as many threads as torch has: a team of another size would make threads anew.
    parallel(_Region(lambda _: shared.work()), None, 0, 0)
    shared.work()  # what is left, where this thread was kept from it
    shared.wait()


@cache
def _parallel() -> Any:
    """OpenMP's start of a parallel region, as GCC calls it; None where torch has brought none."""
    if os.name != "posix":
        return None
    function = getattr(CDLL(None), "GOMP_parallel", None)
    if function is not None:
        function.argtypes = (_Region, c_void_p, c_uint, c_uint)
        function.restype = None
    return function
