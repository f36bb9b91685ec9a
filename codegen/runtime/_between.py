"""What of a step is computed between two turns, once totals are known."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

S = TypeVar("S")


class Scalars(Generic[S]):
    """What computes scalars, turn by turn, and the step that it finds them in.

    Args:
        step: its own, which nobody else reads.
        compute: goes on from turn to turn.
    """

    def __init__(self, step: S, compute: Callable[[S], Iterator[None]]) -> None:
        self.step = step
        self._compute = compute(step)
        next(self._compute, None)

    def go_on(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Go on to the next turn with these; what is known then beside what was before."""
        before = set(vars(self.step))
        vars(self.step).update(known)
        next(self._compute, None)
        return {name: x for name, x in vars(self.step).items() if name not in before}
