"""What the template of a kernel is filled with."""

from collections.abc import Iterable
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


@dataclass(frozen=True)
class Column:
    """Memory a kernel goes through: the parameter, the gradient or a state.

    ``row`` is that of its addresses in the table, and ``when`` the condition under which it exists,
    empty for always.
    """

    name: str
    row: int
    when: str = ""
    is_written: bool = True


def context(compiled: CompiledRule) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``.

    Every condition is an option that a kernel is compiled for; a loop with the branches left in
    it would often not be vectorised.
    """
    program = compiled.kernel
    theta, *states = program.tensor_slots
    conditions = Conditions(program.body, (*states, *program.tensor_inputs))
    options = conditions.names
    columns = [Column(theta.name, 2), Column(program.gradient.id, 3, is_written=False)]
    columns += [
        Column(s.name, row, options[s.when] if s.when is not None else "")
        for row, s in enumerate(states, start=4)
    ]
    columns += [
        Column(i.name.id, row, options[i.when] if i.when is not None else "", is_written=False)
        for row, i in enumerate(program.tensor_inputs, start=4 + len(states))
    ]
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
