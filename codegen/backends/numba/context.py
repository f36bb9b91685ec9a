"""What the template of a kernel is filled with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ...program import operations as ops
from ...program.compiled import CompiledRule
from ...program.forms import Language, Printer
from ...program.nodes import (
    Apply,
    Branch,
    Constant,
    Given,
    Name,
    Node,
    Slot,
    Statement,
    apply,
    assignments,
    names,
    negation,
    walk,
)
from ..statements import assigned, block
from .printer import HOST, NUMBA, exponents, half
from .when import ALWAYS, NEVER, assigned_when, on, used_when


@dataclass(frozen=True)
class Column:
    """Memory a kernel goes through: the parameter, the gradient or a state.

    Args:
        name: of an element of it.
        row: that of its addresses in the table.
        asked: the condition under which it is asked for, and else is not there; empty for always.
        read: the condition under which it is there, and there is anything to do with it; likewise.
        is_written: whether it can change.
        written: the condition under which it does; likewise.
    """

    name: str
    row: int
    asked: str = ""
    read: str = ""
    is_written: bool = True
    written: str = ""


def context(compiled: CompiledRule) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``.

    Every condition is an option that a kernel is compiled for; a loop with the branches left in
    it would often not be vectorised.
    """
    program = compiled.kernel
    theta, *states = program.tensor_slots
    conditions = Conditions(program.body, (*states, *program.tensor_inputs))
    options = conditions.names
    touched = Touched(program.body, options)
    columns = [Column(theta.name, 2)]
    if touched.is_used(program.gradient.id):  # not where that at another point is all there is
        columns.append(Column(program.gradient.id, 3, is_written=False))
    beside = [(s.name, s.when, True) for s in states]
    beside += [(i.name.id, i.when, False) for i in program.tensor_inputs]
    for row, (name, exists, is_kept) in enumerate(beside, start=4):
        columns.append(touched.column(name, row, exists, is_kept=is_kept))
    values = [a.value for a in assignments(program.body)]
    read = {n.id for v in values for n in walk(v) if isinstance(n, Name) and n.on_host}
    return {
        "spec": compiled.spec,
        "columns": columns,
        "scalars": sorted(read),
        "options": conditions.printed,
        "tested": conditions.tested,
        "body": block(program.body, options.__getitem__, assigned(Printer(NUMBA))),
    }


class Touched:
    """What statements have to do with memory: a kernel does not ask for what it does not need.

    Args:
        body: the statements.
        conditions: what a kernel is compiled for, as text.
    """

    def __init__(self, body: tuple[Statement, ...], conditions: Mapping[Node, str]) -> None:
        self._used = used_when(body, conditions)
        self._assigned = assigned_when(body, conditions)
        self._conditions = conditions

    def is_used(self, name: str) -> bool:
        return name in self._used

    def column(self, name: str, row: int, exists: Node | None, *, is_kept: bool) -> Column:
        """The memory of a name.

        Args:
            name: the name.
            row: of its addresses.
            exists: the condition under which it does; None for always.
            is_kept: whether its new value is.
        """
        there = ALWAYS if exists is None else on(self._conditions[exists])
        read = there & self._used.get(name, NEVER)
        written = there & self._assigned.get(name, NEVER)
        return Column(
            name,
            row,
            asked="" if read == there else str(read),
            read=str(read),
            is_written=is_kept and written != NEVER,
            written=str(written),
        )


class Conditions:
    """What a kernel is compiled for: whatever it branches on, what exists, which powers are roots.

    Args:
        body: the statements.
        columns: the states and inputs there can be.
    """

    def __init__(self, body: tuple[Statement, ...], columns: Iterable[Slot | Given]) -> None:
        whens = [c.when for c in columns if c.when is not None]
        roots = {apply(ops.EQ, e, Constant(Fraction(1, 2))): half(e.id) for e in exponents(body)}
        self._reached = _tests(body) | dict.fromkeys([*whens, *roots])
        self.names = {test: _option(test, k) for k, test in enumerate(self._reached, start=1)}
        self.names |= roots

    def said(self, test: Node) -> str:
        """A condition or its opposite, by name."""
        return self.names[test] if test in self.names else f"not {self.names[negation(test)]}"

    @property
    def printed(self) -> dict[str, str]:
        """By the name of each, how the host finds it."""
        host = Printer(Language("Numba", HOST))
        reached = self._reached
        return {name: host(_both(reached[test], test)) for test, name in self.names.items()}

    @property
    def tested(self) -> list[str]:
        """The names that are read for that."""
        return sorted({name for test in self._reached for name in names(test)})


def _option(test: Node, k: int) -> str:
    """A name for a condition; those of no spec start with an underscore."""
    match test:
        case Name(id=name):
            return name
        case Apply(op=ops.NE, args=(Name(id=name), _)):
            return f"_has_{name}"
    return f"_case{k}"


def _tests(body: tuple[Statement, ...], within: Node | None = None) -> dict[Node, Node | None]:
    """Every condition, and where it is asked: elsewhere it shall not tell two kernels apart."""
    found: dict[Node, Node | None] = {}
    for s in body:
        if isinstance(s, Branch):
            then = _tests(s.then, _both(within, s.condition))
            otherwise = _tests(s.otherwise, _both(within, negation(s.condition)))
            for asked in ({s.condition: within}, then, otherwise):
                for test, where in asked.items():
                    found[test] = where if found.get(test, where) == where else None
    return found


def _both(within: Node | None, test: Node) -> Node:
    return test if within is None else apply(ops.AND, within, test)
