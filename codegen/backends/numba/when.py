"""Under which conditions statements assign a name, or have to do with it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from ...program.nodes import Assign, Node, Statement, names


@dataclass(frozen=True)
class When:
    """A condition, made of those that a kernel is compiled for.

    Args:
        ways: in which it can hold, each some conditions that all do, by name: ``"not first"`` of
            the opposite. Of none it never holds, and in a way of no conditions it always does.
    """

    ways: frozenset[frozenset[str]]

    def __or__(self, other: "When") -> "When":
        return When(_fewest(self.ways | other.ways))

    def __and__(self, other: "When") -> "When":
        both = (one | two for one, two in product(self.ways, other.ways))
        return When(_fewest(way for way in both if not any(_opposite(x) in way for x in way)))

    def __str__(self) -> str:
        """As Python; empty for always."""
        listed = sorted(sorted(way, key=_plain) for way in self.ways)
        return " or ".join(" and ".join(way) for way in listed)


ALWAYS = When(frozenset([frozenset()]))
NEVER = When(frozenset())


def on(condition: str) -> When:
    """Where one condition holds, by name."""
    return When(frozenset([frozenset([condition])]))


def assigned_when(body: tuple[Statement, ...], conditions: Mapping[Node, str]) -> dict[str, When]:
    """The names that are assigned, and under which condition each is."""
    return _when(body, conditions, lambda s: [s.target.id])


def used_when(body: tuple[Statement, ...], conditions: Mapping[Node, str]) -> dict[str, When]:
    """The names that are read or assigned, likewise."""
    return _when(body, conditions, lambda s: [s.target.id, *names(s.value)])


def _when(
    body: tuple[Statement, ...],
    conditions: Mapping[Node, str],
    found_in: Callable[[Assign], Iterable[str]],
) -> dict[str, When]:
    found: dict[str, When] = {}

    def add(own: Iterable[str], when: When) -> None:
        found.update({name: found.get(name, NEVER) | when for name in own})

    for s in body:
        if isinstance(s, Assign):
            add(found_in(s), ALWAYS)
            continue
        test = conditions[s.condition]
        for part, taken in ((s.then, test), (s.otherwise, _opposite(test))):
            for name, when in _when(part, conditions, found_in).items():
                add([name], on(taken) & when)
    return found


def _fewest(ways: Iterable[frozenset[str]]) -> frozenset[frozenset[str]]:
    """As few ways that come to the same: none is part of another, or of it with the opposite."""
    given = frozenset(ways)
    found = given | {way - {x} for way in given for x in way if _holds_without(way, x, given)}
    fewer = frozenset(way for way in found if not any(other < way for other in found))
    return fewer if fewer == given else _fewest(fewer)


def _holds_without(way: frozenset[str], x: str, ways: Iterable[frozenset[str]]) -> bool:
    """Whether a condition of a way says nothing, as its opposite is another way with the rest."""
    opposite = _opposite(x)
    return any(opposite in other and other - {opposite} <= way - {x} for other in ways)


def _opposite(condition: str) -> str:
    return condition.removeprefix("not ") if condition != _plain(condition) else f"not {condition}"


def _plain(condition: str) -> str:
    return condition.removeprefix("not ")
