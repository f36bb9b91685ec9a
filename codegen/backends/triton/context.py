"""What the optimizer's template is filled with."""

from dataclasses import dataclass, field

from ....specs.language import Optimizer
from ...program.nodes import (
    ZERO,
    Apply,
    Assign,
    Branch,
    DType,
    Name,
    Node,
    Program,
    Statement,
    apply,
    assignments,
    free,
    reads,
    rebuild,
    walk,
)
from ...program.operations import AND, EQ, NE, NOT, OR, Kind
from ..python_class import Comments
from .printer import ElementPrinter, GivenPrinter


def context(spec: Optimizer, program: Program) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``."""
    conditions = _Conditions(reads(program.body))
    body = conditions.named(program.body)
    host = _host(body)
    conditions.flags |= {n.id: n for n in host if n.type.dtype is DType.BOOLEAN}
    theta, *states = [slot.name for slot in program.tensor_slots]
    return {
        "spec": spec,
        "tensors": [theta, program.gradient.id, *states],
        "results": [theta, *states],
        "numbers": sorted({n.id for n in host} - conditions.flags.keys()),
        "flags": {name: GivenPrinter()(node) for name, node in sorted(conditions.flags.items())},
        "body": body,
        "condition": ElementPrinter(),
        "statement": _assignment,
        "comment": Comments(body),
    }


def _host(body: tuple[Statement, ...]) -> set[Name]:
    """What values are computed with that is known on the host."""
    nodes = (n for each in assignments(body) for n in walk(each.value))
    return {n for n in nodes if isinstance(n, Name) and n.on_host}


def _assignment(statement: Assign) -> str:
    return f"{statement.target.id} = {ElementPrinter()(statement.value)}"


@dataclass
class _Conditions:
    """Gives a flag to all that conditions compare; ``flags`` says what each stands for."""

    taken: set[str]
    flags: dict[str, Node] = field(default_factory=dict)

    def named(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        """The statements with conditions of flags alone."""
        return tuple(
            Branch(rebuild(s.condition, self._flag), self.named(s.then), self.named(s.otherwise))
            if isinstance(s, Branch)
            else s
            for s in body
        )

    def _flag(self, node: Node) -> Node:
        if isinstance(node, Name) and node.type.dtype is DType.BOOLEAN:
            self.flags[node.id] = node
        if not isinstance(node, Apply) or node.op.kind is not Kind.CONDITION:
            return node
        if node.op in (AND, OR, NOT):
            return node
        if node.op is EQ:
            return apply(NOT, self._flag(apply(NE, *node.args)))
        known = {stands_for: name for name, stands_for in self.flags.items()}
        if node not in known:
            x, y = node.args
            stem = f"with_{x.id}" if node.op is NE and y == ZERO and isinstance(x, Name) else "test"
            known[node] = free(stem, self.taken)
            self.taken.add(known[node])
            self.flags[known[node]] = node
        return Name(known[node], node.type)
