"""One process at a time in a folder: the others wait for their turn."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

LOCK = ".steprule-lock"


@contextmanager
def turn(folder: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """A folder to oneself, made if there is none; one that is left empty is gone afterwards.

    The system holds the lock for a process, and lets go of it when that ends, however it ends:
    the file that a killed one leaves locks nobody out.

    Args:
        folder: which.
        waiting: called if another process has it, before waiting for that to end.

    Raises:
        OSError: the folder cannot be made, or written to.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    lock = FileLock(folder / LOCK)  # which makes the folder too
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        # While it is held: whoever waits for a file that is gone makes a new one.
        (folder / LOCK).unlink(missing_ok=True)
        lock.release()
        with suppress(OSError):  # not empty
            for each in made:
                each.rmdir()
