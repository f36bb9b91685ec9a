"""A spec is of a size that is got through in seconds; it is counted before all else is done."""

from collections.abc import Iterator

from sympy import Basic, sympify

from ..fault import Fault
from ..subject import Subject

CODE = "size"

NODES = 1500
"""Operations, numbers and symbols in all equations together; a fifth of that is a large rule."""
DEPTH = 100
"""Operations within one another."""
PARTS = 100
"""Arguments, states or equations."""


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    for place in ("hyper", "states", "updates", "constraints", "outputs", "inputs"):
        if (given := len(getattr(spec, place, ()))) > PARTS:
            yield Fault(place, f"there are {given}, more than {PARTS}", "Leave some out")
    total, known = 0, dict[int, tuple[int, int]]()
    for where, expression in _expressions(subject):
        nodes, depth = _extent(expression, known)
        total += nodes
        if nodes > NODES:
            yield Fault(
                where,
                f"it has {_shown(nodes)} operations, numbers and symbols, more than the {NODES} "
                "that the generator gets through in seconds",
                "Name as intermediates what stands in it more than once, and counts each time",
            )
        if depth > DEPTH:
            yield Fault(
                where,
                f"{depth} operations stand within one another, more than {DEPTH}",
                "Name the inner ones as intermediates",
            )
    if total > NODES:
        yield Fault(
            "updates",
            f"the equations have {total} operations, numbers and symbols together, more than the "
            f"{NODES} that the generator gets through in seconds",
            "Name what stands in them more than once as intermediates, or write fewer",
        )


def _expressions(subject: Subject) -> Iterator[tuple[str, Basic]]:
    for update in subject.spec.updates:
        yield f"the equation of {update.target}", update.value
    for where, expression in subject.host_parts():
        yield where, sympify(expression)


def _extent(expression: Basic, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes an expression has, written out, and how many are within one another.

    What stands in it twice is looked at once, and nothing is recursive: there is no size of
    expression, nor of one within it that is shared, at which this takes long.
    """
    pending = [expression]
    while pending:
        node = pending[-1]
        unknown = [a for a in node.args if id(a) not in known]
        if unknown:
            pending += unknown
            continue
        pending.pop()
        below = [known[id(a)] for a in node.args]
        known[id(node)] = 1 + sum(n for n, _ in below), 1 + max((d for _, d in below), default=0)
    return known[id(expression)]


def _shown(count: int) -> str:
    return str(count) if count < 10**9 else "billions of"
