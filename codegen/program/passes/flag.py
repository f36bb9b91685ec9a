"""Give a name to all that conditions compare: on the host, a comparison becomes a flag.

What then works on tensors branches on flags alone. Whoever compiles it, for the values that flags
have, compiles it anew when an answer changes, and never for another number with the same answers.
"""

from dataclasses import dataclass, field, replace

from ..naming import free
from ..nodes import (
    ZERO,
    Apply,
    Branch,
    Name,
    Node,
    Program,
    Statement,
    all_names,
    apply,
    negation,
    rebuild,
)
from ..operations import AND, EQ, NE, NOT, OR, Kind
from ..types import DType


def flag(program: Program) -> tuple[Program, dict[str, Node]]:
    """The program with conditions of flags, and what each of these stands for.

    An option stands for itself. A comparison of what is computed in it can be made only where the
    program makes it, ``sqrt(t - 5) > 2`` where ``t > 5``, and is false elsewhere.
    """
    flags = _Flags(all_names(program) | {slot.name for slot in program.slots})
    body = flags.named(program.body, None)
    slots = tuple(
        slot if slot.when is None else replace(slot, when=flags.condition(slot.when, None))
        for slot in program.slots
    )
    return replace(program, body=body, slots=slots), {
        name: _where(flags.reached[node], node) for node, name in flags.known.items()
    }


@dataclass
class _Flags:
    taken: set[str]
    known: dict[Node, str] = field(default_factory=dict)
    reached: dict[Node, Node | None] = field(default_factory=dict)
    """Where each is asked; None for everywhere."""

    def named(self, body: tuple[Statement, ...], within: Node | None) -> tuple[Statement, ...]:
        """The statements, which are reached where a condition holds, with conditions of flags."""
        return tuple(self._branch(s, within) if isinstance(s, Branch) else s for s in body)

    def condition(self, condition: Node, within: Node | None) -> Node:
        """A condition of flags."""
        return rebuild(condition, lambda node: self._flag(node, within))

    def _branch(self, s: Branch, within: Node | None) -> Branch:
        return Branch(
            self.condition(s.condition, within),
            self.named(s.then, _both(within, s.condition)),
            self.named(s.otherwise, _both(within, negation(s.condition))),
        )

    def _flag(self, node: Node, within: Node | None) -> Node:
        if isinstance(node, Name) and node.type.dtype is DType.BOOLEAN:
            self.known[node], self.reached[node] = node.id, None
        if not isinstance(node, Apply) or node.op.kind is not Kind.CONDITION:
            return node
        if node.op in (AND, OR, NOT):
            return node
        if node.op is EQ:
            return apply(NOT, self._flag(apply(NE, *node.args), within))
        if node not in self.known:
            self.known[node] = free(_stem(node), self.taken)
            self.taken.add(self.known[node])
            self.reached[node] = within
        elif self.reached[node] != within:
            self.reached[node] = _either(self.reached[node], within)
        return Name(self.known[node], node.type)


def _stem(comparison: Apply) -> str:
    x, y = comparison.args
    return f"with_{x.id}" if comparison.op is NE and y == ZERO and isinstance(x, Name) else "test"


def _both(within: Node | None, test: Node) -> Node:
    return test if within is None else apply(AND, within, test)


def _either(a: Node | None, b: Node | None) -> Node | None:
    return None if a is None or b is None else apply(OR, a, b)


def _where(within: Node | None, test: Node) -> Node:
    """The test, asked there alone if anything is computed in it."""
    computes = isinstance(test, Apply) and any(isinstance(x, Apply) for x in test.args)
    return _both(within, test) if computes else test
