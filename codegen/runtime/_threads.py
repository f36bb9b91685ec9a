"""Work spread over the cores, for work that lets go of Python's lock."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import cache
from threading import Lock


def cores() -> int:
    """How many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def spread(work: Callable[[int], None], pieces: int, threads: int) -> None:
    """Call ``work`` with 0 to ``pieces - 1``, each once, and return when all is done.

    This thread works too, so with one thread or one piece no other is asked. The others see this
    one's context, ``np.errstate`` among it. What a piece raises is raised here, once all are done.
    """
    if not pieces:
        return
    shared = Pieces(work, pieces)
    with suppress(RuntimeError):  # no thread can be started, or no more: then fewer work
        for _ in range(min(threads, pieces) - 1):
            _pool().submit(copy_context().run, shared.work)
    shared.work()
    shared.wait()


class Pieces:
    """Work that several threads share, so that together they do each piece once.

    Args:
        work: what is done, given the number of the piece.
        count: of the pieces, at least one.
    """

    def __init__(self, work: Callable[[int], None], count: int) -> None:
        self._work = work
        self._left = iter(range(count))
        self._undone = count
        self._turn = Lock()
        self._unfinished = Lock()
        self._unfinished.acquire()
        self._errors: list[BaseException] = []

    def work(self) -> None:
        """Do pieces while there are any; every thread calls this."""
        while True:
            with self._turn:
                piece = next(self._left, None)
            if piece is None:
                return
            try:
                self._work(piece)
            except BaseException as error:
                self._errors.append(error)
            with self._turn:
                self._undone -= 1
                if not self._undone:
                    self._unfinished.release()

    def wait(self) -> None:
        """Return when all are done, or raise what one has raised."""
        with self._unfinished:
            if self._errors:
                raise self._errors[0]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(cores() - 1, 1), thread_name_prefix="steprule")


if hasattr(os, "register_at_fork"):  # a child has none of its parent's threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
