"""Locks that threads take turns by, and that a fork waits for.

A child process has one of its parent's threads. Were another in the middle of a change, the child
would have half of it, and a lock that nobody gives back. So who forks takes all locks before.
"""

import os
from threading import Lock, RLock
from typing import Any
from weakref import WeakSet

_all: WeakSet[Any] = WeakSet()
_listing = Lock()
_taken: list[Any] = []


def lock() -> Any:
    """A lock, which the thread that has it may take again."""
    made = RLock()
    with _listing:
        _all.add(made)
    return made


def _before_fork() -> None:
    with _listing:
        every = sorted(_all, key=id)  # alike for two who fork at once
    for each in every:
        each.acquire()
    _listing.acquire()
    _taken[:] = every


def _after_fork() -> None:
    every = [*_taken]
    _taken.clear()
    _listing.release()
    for each in every:
        each.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
