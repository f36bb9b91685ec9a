"""What is repeated: an operation whose meaning is a few assignments, run once a round.

To passes it is an operation like others, of the number of rounds, of what the first starts from,
and of whatever else a round reads. Printers write it as a call of a function, which has the loop.
"""

from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any

from sympy import Basic

from ...specs.language import iterate
from ..oracle import arrays
from .evaluate import value_of
from .naming import free
from .nodes import Apply, Assign, Name, Node, Program, assignments, substitute, walk
from .operations import Kind, Operation
from .passes.share import share


@dataclass(frozen=True)
class Iteration:
    """A round.

    Args:
        name: of the function.
        count: how it calls the number of rounds.
        given: what it starts from, and, after its statements, what it gives.
        others: what else it reads, in the order of operands.
        body: the statements, of which the last assigns ``given``.
        dtype: the format it may be computed in; empty for that of all else.
        text: what it does, in plain text.
    """

    name: str
    count: str
    given: Name
    others: tuple[Name, ...]
    body: tuple[Assign, ...]
    dtype: str
    text: str

    def rounds(self, x: Any, others: tuple[Any, ...], value: Callable[[Node, Any], Any]) -> Any:
        """What one round makes of a value, given how expressions are evaluated."""
        known = {name.id: other for name, other in zip(self.others, others, strict=True)}
        known[self.given.id] = x
        for assign in self.body:
            known[assign.target.id] = value(assign.value, known)
        return known[self.given.id]


def iterated(
    name: str, rounds: Node, start: Node, given: Name, result: Node, *, dtype: str, text: str
) -> Apply:
    """An iteration as a node.

    Args:
        name: of its function.
        rounds: how many there are.
        start: what the first starts from.
        given: the name of what a round starts from in ``result``.
        result: what it gives.
        dtype: the format it may be computed in.
        text: what it does, in plain text.
    """
    read = {n.id: n for n in walk(result) if isinstance(n, Name) and n != given}
    others = tuple(read[name] for name in sorted(read, key=_plain))
    plain = {o.id: Name(_plain(o.id), o.type) for o in others}
    taken = {n.id for n in plain.values()}
    count = free("rounds", taken)
    named = Name(free(given.id.lower(), taken | {count}), given.type)
    spelled = substitute(result, {**plain, given.id: named})
    program = share(Program(name, (), (Assign(named, spelled),)))
    body = tuple(assignments(program.body))
    what = Iteration(name, count, named, tuple(plain.values()), body, dtype, text)

    def exact(count: Any, x: Any, *values: Any) -> Any:
        for _ in range(int(count)):
            x = arrays.settled(what.rounds(x, values, value_of))
        return x

    operation = Operation(
        name,
        2 + len(others),
        Kind.MATRIX,
        exact,
        typed=lambda axes: axes[1],
        iteration=what,
    )
    return Apply(operation, (rounds, start, *others))


class Iterations:
    """The iterations of one spec, each one operation wherever it stands.

    Args:
        text: says an expression in plain text.
    """

    def __init__(self, text: Callable[[Basic], str]) -> None:
        self._text = text
        self._known: dict[iterate, Apply] = {}

    def node(
        self, e: iterate, lower: Callable[[Basic], Node], symbols: MutableMapping[Basic, Node]
    ) -> Apply:
        """An iteration as a node.

        Args:
            e: in the language.
            lower: gives the node of an expression.
            symbols: what it takes symbols for.
        """
        if e not in self._known:
            rounds, start = lower(e.rounds), lower(e.start)
            given, outer = Name(e.iterand.name, start.type), symbols.get(e.iterand)
            symbols[e.iterand] = given
            result = lower(e.result)
            if outer is not None:
                symbols[e.iterand] = outer
            name = f"_iterated{len(self._known) + 1 if self._known else ''}"
            text = f"{e.iterand.name} -> {self._text(e.result)}"
            self._known[e] = iterated(name, rounds, start, given, result, dtype=e.dtype, text=text)
        return self._known[e]


def iterations(nodes: Iterator[Node]) -> dict[str, Iteration]:
    """Those among some nodes, by the name of their function; those within others before them."""
    found: dict[str, Iteration] = {}
    for node in nodes:
        if isinstance(node, Apply) and (of := node.op.iteration) is not None:
            found |= iterations(n for a in of.body for n in walk(a.value)) | {of.name: of}
    return found


def _plain(name: str) -> str:
    return name.removesuffix("[t]")
