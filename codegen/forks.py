"""Work shared by forks of this process: they hold what it holds already, and import nothing.

Where the system has no safe fork, and where there is one processor or one piece of work, this
process does everything.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_inherited: tuple[Callable[[Any], Any], Sequence[Any]] = str, ()


def shared_out(work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
    """What a function returns for each item, in the order of the items.

    Args:
        work: its results can be pickled; it itself need not be, nor what it is given. What a
            process cannot do, this one does itself, so that a fault is raised here as it would be
            without any other.
        items: of which each fork takes the next that none has taken.
    """
    count = min(len(items), len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1)
    if count < 2:
        yield from map(work, items)
        return
    context = multiprocessing.get_context("fork")
    executor = ProcessPoolExecutor(count, context, _start, (work, items))
    try:
        pending = [executor.submit(_done, index) for index in range(len(items))]
        for item, future in zip(items, pending, strict=True):
            try:
                done = future.result()
            except BrokenProcessPool:  # a process was killed, as for want of memory
                done = None
            yield work(item) if done is None else done[0]
    finally:
        executor.shutdown(cancel_futures=True)


def _start(*inherited: Any) -> None:
    """In a process of its own, which its parent ends: Ctrl-C is for that."""
    global _inherited
    _inherited = inherited  # type: ignore[assignment]
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _done(index: int) -> tuple[Any] | None:
    """The result; None if there is a fault."""
    work, items = _inherited
    try:
        return (work(items[index]),)
    except Exception:
        return None
