"""Floating-point errors within a step, told once it has been taken."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

import numpy as np

_CAUSES: dict[str, Callable[[], Any]] = {
    "divide by zero": lambda: np.divide(1.0, 0.0),
    "overflow": lambda: np.multiply(1e308, 10.0),
    "underflow": lambda: np.multiply(1e-308, 1e-300),
    "invalid value": lambda: np.subtract(np.inf, np.inf),
}
"""What NumPy answers with each kind of error."""


class Deferred:
    """Within it no error stops anything; where it ends each kind that came is had once more.

    So ``np.errstate`` means there what it means elsewhere: an error is raised, printed, or is a
    warning, which a filter may make an error of, and whoever meets it finds the step whole.
    """

    __slots__ = ("_kinds", "_state")

    def __enter__(self) -> None:
        self._kinds: dict[str, int] = {}
        self._state = np.errstate(all="call", call=self._kinds.__setitem__)
        self._state.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._state.__exit__(kind, error, traceback)
        if error is None:
            for name in self._kinds:
                _CAUSES[name]()
