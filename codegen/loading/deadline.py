"""A limit on how long somebody else's code may run here."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

COMPUTING = 10
"""Seconds of the processor's time, which are the same on a busy machine."""
WAITING = 60
"""Seconds by the clock, for what waits without computing."""


class Overrun(BaseException):
    """It has not ended in time. No ``except Exception`` stops it."""


class Interrupted(BaseException):
    """The user pressed Ctrl-C, other than code that raises KeyboardInterrupt itself."""


@contextmanager
def deadline() -> Iterator[None]:
    """A time within which a block has to end, where the system can interrupt one.

    Raises:
        Overrun: it has not.
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def overrun(number: int, frame: FrameType | None) -> None:
        raise Overrun

    def interrupted(number: int, frame: FrameType | None) -> None:
        raise Interrupted

    handlers = {signal.SIGPROF: overrun, signal.SIGALRM: overrun, signal.SIGINT: interrupted}
    previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    signal.setitimer(signal.ITIMER_PROF, COMPUTING)
    signal.setitimer(signal.ITIMER_REAL, WAITING)
    try:
        yield
    except Interrupted as error:
        raise KeyboardInterrupt from error  # whose context says that it is the user's
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in previous.items():
            signal.signal(number, handler)
