"""Outputs in the place of parameters for a while, in which these are not to be stepped."""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from ._signals import Held


def require_output(name: str, known: Iterable[str], rule: str) -> None:
    """Raise ValueError for a name that no output has."""
    if name not in (listed := [*known]):
        has = f"; it has {', '.join(map(repr, listed))}" if listed else ", nor any other"
        raise ValueError(f"{rule} has no output {name!r}{has}")


class Swap(Protocol):
    """An output, to be put in the place of parameters, and what was there back."""

    @property
    def name(self) -> str: ...

    @property
    def arguments(self) -> str:
        """Of the call that put it there."""
        ...

    @property
    def held(self) -> Mapping[Any, Any]:
        """What the parameters are."""
        ...

    def put(self) -> None: ...

    def put_back(self) -> None: ...


class Swapping:
    """The part of an optimizer that lets parameters hold an output."""

    _lock: Any
    _swap: Swap | None = None
    """What they hold for now."""

    @contextmanager
    def _holding(self, made: Callable[[], Swap]) -> Generator[None]:
        """Let parameters hold what is made, and afterwards be what they were."""
        swap: Swap | None = None
        try:
            with self._lock:
                self._require_own()
                output = made()
                with Held():
                    swap = self._swap = output
                    swap.put()
            yield
        finally:
            if swap is not None:
                with self._lock, Held():
                    swap.put_back()
                    self._swap = None

    def _require_own(self) -> None:
        """Raise RuntimeError where the parameters hold an output, and not themselves."""
        if self._swap:
            raise RuntimeError(
                f"the parameters hold the output {self._swap.name!r}: first leave "
                f"`with optimizer.swapped({self._swap.arguments})`, in which no step is taken, no "
                "checkpoint loaded and no other output swapped in"
            )
