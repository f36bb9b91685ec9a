"""Statements of a step that goes over all tensors, in the order they can run in.

A total is one number, made of a part that each tensor has in it. All tensors are gone through up to
their parts, and on from there when the totals are known: a *turn*. So what waits for no total comes
first, then the totals that wait for none themselves, then what waits for these, and so on. A part
that is only wanted under a condition of the host is 0 where that does not hold, and nothing of it
is computed then.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce

from .naming import free
from .nodes import ZERO, Apply, Assign, Name, Node, apply, walk
from .operations import AND, PARTS, SELECT, Kind, Operation
from .types import DType, Place, Type


@dataclass
class Totals:
    """Gathers the statements of a rule, with those of the totals that are met in them.

    Attributes:
        taken: names that are in use.
        update: the target and the text of the equation at hand.
    """

    taken: set[str] = field(default_factory=set)
    update: tuple[str, str] = ("", "")
    _statements: list[Assign] = field(default_factory=list)
    _turns: dict[str, int] = field(default_factory=dict)
    """By name, how many turns what is assigned waits for."""
    _known: dict[Node, Name] = field(default_factory=dict)
    _path: tuple[Node, ...] = ()

    def add(self, statement: Assign) -> None:
        self._turns[statement.target.id] = self._waits(statement.value)
        self._statements.append(statement)

    @contextmanager
    def where(self, tests: Iterable[Node]) -> Iterator[None]:
        """What is met within is only wanted where these hold, as far as the host knows."""
        before = self._path
        self._path += tuple(test for test in tests if test.on_host and not test.is_late)
        yield
        self._path = before

    def of(self, total: Operation, operand: Node) -> Name:
        """The total of an operand, a number for each tensor or for each element."""
        if operand.is_tensor:
            operand = apply(PARTS[total], operand)
        if self._path:
            test = reduce(lambda a, b: apply(AND, a, b), self._path)
            operand = apply(SELECT, test, operand, ZERO)
        if (made := apply(total, operand)) not in self._known:
            target, text = self.update
            part = Name(self._free(f"{target}_part"), Type(DType.REAL, (), Place.DEVICE))
            self.add(Assign(part, operand, text))
            turn = self._turns[part.id] + 1
            name = Name(self._free(f"{target}_total"), Type(DType.REAL, (), Place.HOST, turn))
            self._turns[name.id] = turn
            self._statements.append(Assign(name, apply(total, part), text))
            self._known[made] = name
        return self._known[made]

    def ordered(self) -> tuple[Assign, ...]:
        """The statements."""
        return tuple(
            sorted(self._statements, key=lambda s: (self._turns[s.target.id], not _is_total(s)))
        )

    def _waits(self, value: Node) -> int:
        named = (n for n in walk(value) if isinstance(n, Name))
        return max((max(n.type.turn, self._turns.get(n.id, 0)) for n in named), default=0)

    def _free(self, stem: str) -> str:
        name = free(stem, self.taken)
        self.taken.add(name)
        return name


def _is_total(statement: Assign) -> bool:
    return isinstance(statement.value, Apply) and statement.value.op.kind is Kind.TOTAL
