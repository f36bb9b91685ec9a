"""The order in which the equations of a step can be carried out."""

from collections.abc import Sequence

from .declarations import Update
from .occurrences import values


def needs(update: Update) -> list[str]:
    """Names of the series whose value at t the equation reads, in order, each once."""
    return list(dict.fromkeys(v.name for v in values(update.value) if v.lag == 0))


def find_cycle(updates: Sequence[Update]) -> list[str]:
    """Names along a cycle among the values at t, the first repeated at the end; or nothing."""
    graph = {u.target.name: needs(u) for u in updates}
    finished: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name not in finished:
            for other in graph.get(name, ()):
                if cycle := visit(other, [*path, name]):
                    return cycle
            finished.add(name)
        return []

    return next((cycle for name in graph if (cycle := visit(name, []))), [])


def execution_order(updates: Sequence[Update]) -> tuple[Update, ...]:
    """The updates so that a value at t is computed before it is read.

    An equation is moved only if an earlier one needs it, and then to just before that one;
    the others keep their order. A cycle is cut where it is entered.
    """
    equations = {u.target.name: u for u in updates}
    ordered: dict[str, Update] = {}
    begun = set[str]()

    def place(update: Update) -> None:
        if update.target.name in begun:
            return
        begun.add(update.target.name)
        for name in needs(update):
            if name in equations:
                place(equations[name])
        ordered[update.target.name] = update

    for update in updates:
        place(update)
    return tuple(ordered.values())
