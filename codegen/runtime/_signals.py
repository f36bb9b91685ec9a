"""Signals, kept waiting while something must be seen changed whole or not at all.

Python runs the handlers of signals between any two instructions of the main thread, and there they
may raise, as that of Ctrl-C does, or save a checkpoint. Blocking signals would not help: another
thread takes them, and the main one runs the handler all the same. So while ``Held`` lasts it
stands itself in place of every handler that is written in Python:

1. Each handler is replaced. For a signal that came before it runs now, and may raise: nothing has
   been changed yet.
2. What comes meanwhile is recorded.
3. The handlers are put back, but for those that somebody has replaced meanwhile, and called for
   what was recorded, in its order. All are called; the last error is raised where ``Held`` ends.

Nothing of this is needed in other threads, which run no handlers. What the system does by itself
(ignore a signal, end the process) and what a library in C does stays as it is, and so does the
descriptor of ``signal.set_wakeup_fd``, which is told of a signal once, when it comes. Uses can be
nested: an inner one hands over to the outer.
"""

import _signal  # pyright: ignore[reportMissingImports]
from collections.abc import Callable, Sequence
from inspect import currentframe
from signal import valid_signals
from threading import get_ident, main_thread
from types import FrameType, TracebackType
from typing import Any, TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], Any]

# Those of ``signal`` make enums of what they are given, in thirty times the time.
_c: Any = _signal
getsignal: Callable[[int], Any] = _c.getsignal
signal: Callable[[int, Handler], Any] = _c.signal

_NUMBERS = sorted(map(int, valid_signals()))

_last: tuple[Sequence[Any], Sequence[int]] = (), ()
"""All handlers when they were last looked at, and the places of those written in Python."""


class Held:
    """Holds back the handlers of signals for the length of a ``with`` statement."""

    __slots__ = ("_came", "_handlers", "_is_over")

    def __enter__(self) -> None:
        self._handlers: dict[int, Handler] = {}
        self._came: list[int] = []
        self._is_over = False
        if get_ident() != main_thread().ident:
            return
        try:
            for number, handler in _in_python():
                self._handlers[number] = handler
                signal(number, self)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Stand in for a handler."""
        if self._is_over:  # and not put back, as another handler raised just then
            self._handlers[number](number, frame)
        else:
            self._came.append(number)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not self._handlers:
            return
        try:
            self._put_back()
        except BaseException:  # of a handler that was back already
            self._put_back()
            raise
        finally:
            self._is_over = True
            if self._came:
                self._deliver(currentframe())

    def _put_back(self) -> None:
        for number, handler in self._handlers.items():
            if getsignal(number) is self:
                signal(number, handler)

    def _deliver(self, frame: FrameType | None) -> None:
        last: BaseException | None = None
        for number in self._came:
            try:
                self._handlers[number](number, frame)
            except BaseException as error:
                error.__context__ = error.__context__ or last
                last = error
        if last is not None:
            try:
                raise last
            finally:
                del last  # which would keep this frame, and it the error


def _in_python() -> list[tuple[int, Handler]]:
    """The signals whose handlers are written in Python, and these."""
    global _last
    found = [*map(getsignal, _NUMBERS)]
    if found != _last[0]:
        _last = found, [k for k, handler in enumerate(found) if callable(handler)]
    return [(_NUMBERS[k], found[k]) for k in _last[1]]
