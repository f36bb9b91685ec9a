"""Three-address form: one operation on tensors a statement, for languages without expressions.

A new value of a slot is accumulated in the slot itself where nothing still needs the old
one: ``v = beta2*v + c*g**2`` is ``v = beta2*v``, ``tmp = g**2``, ``tmp = c*tmp``, ``v = v + tmp``.
Scalars stay expressions.
"""

from dataclasses import dataclass, field

from .nodes import (
    Apply,
    Assign,
    Branch,
    Name,
    Node,
    Program,
    Statement,
    names,
)
from .operations import Kind
from .passes.settle import settle


def linearise(program: Program) -> Program:
    """The program with every tensor operation in a statement of its own."""
    program = settle(program)
    slots = {s.old.id for s in program.tensor_slots}
    return program.with_body(_Lines(slots).statements(program.body))


@dataclass
class _Lines:
    slots: set[str]
    count: int = 0
    lines: list[Statement] = field(default_factory=list)

    def statements(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        result: list[Statement] = []
        for s in body:
            if isinstance(s, Branch):
                then, otherwise = self.statements(s.then), self.statements(s.otherwise)
                result.append(Branch(s.condition, then, otherwise))
            else:
                self.lines = []
                self._assign(s)
                result += self.lines
        return tuple(result)

    def _assign(self, s: Assign) -> None:
        value = s.value
        if isinstance(value, Apply) and value.is_tensor:
            into = s.target if s.target.id in self.slots else None
            value = Apply(value.op, self._operands(value, into, s.equation))
        else:
            value = self._scalar(value, s.equation)
        self.lines.append(Assign(s.target, value, s.equation))

    def _operands(self, node: Apply, into: Name | None, equation: str) -> tuple[Node, ...]:
        """The operands as names and scalars; at most one of them is computed in ``into``."""
        order = list(range(len(node.args)))
        accumulated = self._accumulated(node, into)
        if accumulated is not None:
            order.remove(accumulated)
            order.insert(0, accumulated)
        operands = {
            i: self._operand(node.args[i], into if i == accumulated else None, equation)
            for i in order
        }
        return tuple(operands[i] for i in sorted(operands))

    def _operand(self, node: Node, into: Name | None, equation: str) -> Node:
        if not isinstance(node, Apply) or not node.is_tensor:
            return self._scalar(node, equation)
        value = Apply(node.op, self._operands(node, into, equation))
        if into is None:
            self.count += 1
            into = Name(f"tmp{self.count}", value.type)
        self.lines.append(Assign(into, value, equation))
        return into

    def _scalar(self, node: Node, equation: str) -> Node:
        """A scalar expression, with the tensors that are reduced in it computed before."""
        if not isinstance(node, Apply):
            return node
        if node.op.kind is Kind.REDUCTION:
            return Apply(node.op, tuple(self._operand(a, None, equation) for a in node.args))
        return Apply(node.op, tuple(self._scalar(a, equation) for a in node.args))

    def _accumulated(self, node: Apply, into: Name | None) -> int | None:
        """The operand that may be computed in the target: the only one that reads it, if any."""
        if into is None or node.op.kind is not Kind.ELEMENTWISE:
            return None
        readers = [i for i, a in enumerate(node.args) if into.id in names(a)]
        if len(readers) != 1:
            return None
        reader = node.args[readers[0]]
        # A slot holds numbers of its own shape: no truth values on the way.
        fits = isinstance(reader, Apply) and reader.type == into.type
        return readers[0] if fits else None
