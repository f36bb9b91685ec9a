"""The outcomes that rounding leaves open, each in a world of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from ..roundings import Uncertain

_MOST_WORLDS = 64


class World:
    """One way to decide what rounding leaves open.

    What is decided is known by a key, so that one decision holds wherever it is asked for.
    """

    def __init__(self, decided: Mapping[Any, Any]) -> None:
        self.decided = dict(decided)
        self.alternatives: list[dict[Any, Any]] = []
        """The decisions of the worlds that are told from this one by their last decision."""

    def decide(self, key: Any, likely: Any, other: Any) -> Any:
        if key not in self.decided:
            self.alternatives.append(self.decided | {key: other})
            self.decided[key] = likely
        return self.decided[key]


def worlds(
    run: Callable[[World], dict[str, Uncertain]],
) -> list[dict[str, Uncertain] | None]:
    """The results in every world, the likely one first; None where one has none, or too many."""
    pending: list[dict[Any, Any]] = [{}]
    found: list[dict[str, Uncertain] | None] = []
    while pending:
        if len(found) == _MOST_WORLDS:
            return [None]
        world = World(pending.pop(0))
        try:
            found.append(run(world))
        except ArithmeticError:
            found.append(None)
        pending += world.alternatives
    return found
