"""The threads that torch itself computes with, for compiled code to work on.

Where torch uses OpenMP, its threads wait for their next piece of work in a loop, for milliseconds.
Threads of another pool would share the cores with them meanwhile.
"""

import os
from ctypes import CDLL, c_void_p, cast
from functools import cache

_PROCESS = os.getpid()


def team() -> int:
    """The address of OpenMP's start of a parallel region, as GCC calls it.

    0 where torch has brought none, and in a child of the process, which has none of its threads.
    """
    return _parallel() if os.getpid() == _PROCESS else 0


@cache
def _parallel() -> int:
    function = getattr(CDLL(None), "GOMP_parallel", None) if os.name == "posix" else None
    return cast(function, c_void_p).value or 0 if function else 0
