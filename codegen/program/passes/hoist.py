"""Hoist to the host, in float64, what depends on hyperparameters and the step alone.

A scalar that is read in some branches of a choice alone may be defined in those alone, as
``sqrt(t - 5)`` is where t > 5: it is then computed under their conditions, and 0 elsewhere. The
same goes for what conditions compare.

What waits for a total over all tensors cannot be known so early: it becomes a statement before the
one that reads it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..guards import Path, guarded, is_partial, paths
from ..naming import free
from ..nodes import ONE, ZERO, Apply, Assign, Constant, Name, Node, Program, apply, names, walk
from ..operations import (
    ADD,
    DIV,
    MOD,
    MUL,
    NEG,
    ONE_MINUS_POW,
    SELECT,
    SQUARE,
    SUB,
    Kind,
)
from ..types import DType, Place, Type

_ARITHMETIC = (ADD, SUB, MUL, DIV, NEG, SQUARE)

_REAL = Type(DType.REAL, ONE.type.axes, Place.HOST)


def hoist(program: Program) -> Program:
    taken = {n for a in program.body if isinstance(a, Assign) for n in names(a.value)}
    taken |= {a.target.id for a in program.body if isinstance(a, Assign)}
    numbers = (*program.scalar_slots, *program.global_slots)
    when = {n.id: s.when for s in numbers if s.when for n in (s.old, s.new)}
    hoisting = _Hoisting(taken | {s.old.id for s in program.slots}, when)
    for assign in program.body:
        assert isinstance(assign, Assign)  # choices are not yet statements
        if assign.value.on_host and not assign.target.is_tensor and assign.target.on_host:
            value = hoisting.corrections(assign.value, ())
            if assign.target.id not in when:
                value = hoisting.where_states_exist(value)
            hoisting.put(replace(assign, value=value))
        else:
            value = hoisting.tensor(assign.value, assign.target.id, ())
            hoisting.body.append(replace(assign, value=value))
    host = ordered(hoisting.guarded(hoisting.host))
    return replace(program, host=host, body=tuple(hoisting.guarded(hoisting.body)))


@dataclass
class _Hoisting:
    taken: set[str]
    when: dict[str, Node]
    """The conditions under which scalar states exist, by the names of their values."""
    host: list[Assign] = field(default_factory=list)
    body: list[Assign] = field(default_factory=list)
    known: dict[Node, Name] = field(default_factory=dict)
    reached: dict[str, list[Path]] = field(default_factory=dict)
    """By which paths each scalar that was given a name is read."""

    def put(self, scalar: Assign) -> None:
        (self.body if scalar.value.is_late else self.host).append(scalar)

    def guarded(self, assignments: Iterable[Assign]) -> list[Assign]:
        return [
            replace(a, value=guarded(a.value, self.reached[a.target.id]))
            if a.target.id in self.reached
            else a
            for a in assignments
        ]

    def tensor(self, node: Node, target: str, path: Path) -> Node:
        """The node with every scalar expression below it replaced by a name."""
        if not isinstance(node, Apply):
            return node
        args: list[Node] = []
        for argument, way in zip(node.args, paths(node, path), strict=True):
            if isinstance(argument, Apply) and argument.on_host:
                if argument.type.dtype is DType.BOOLEAN:
                    argument = self.test(argument, target, way)
                else:
                    argument = self.scalar(argument, _stem(argument, node, target), way)
            else:
                argument = self.tensor(argument, target, way)
            args.append(argument)
        return Apply(node.op, tuple(args))

    def test(self, node: Node, target: str, path: Path) -> Node:
        """A test stays where it is made, but for what it compares if that can fail or calls.

        Arithmetic is what all languages write alike.
        """
        if not isinstance(node, Apply) or not (is_partial(node) or _calls(node)):
            return node
        if node.type.dtype is not DType.BOOLEAN:
            return self.scalar(node, _stem(node, node, target), path)
        ways = paths(node, path)
        args = (self.test(a, target, way) for a, way in zip(node.args, ways, strict=True))
        return Apply(node.op, tuple(args))

    def scalar(self, node: Apply, stem: str, path: Path) -> Name:
        value = node if node.op is ONE_MINUS_POW else self.corrections(node, path)
        if value not in self.known:
            name = free(stem, self.taken)
            self.taken.add(name)
            self.known[value] = Name(name, replace(_REAL, turn=value.type.turn))
            self.put(Assign(self.known[value], self.where_states_exist(value)))
        self.reached.setdefault(self.known[value].id, []).append(path)
        return self.known[value]

    def where_states_exist(self, value: Node) -> Node:
        """The value, or 0 where a state that it reads does not exist: it is not used then."""
        for test in dict.fromkeys(self._asked(value, ())):
            value = apply(SELECT, test, value, ZERO)
        return value

    def _asked(self, node: Node, path: Path) -> list[Node]:
        """The conditions of states that a node reads, where they are not asked on the way."""
        if isinstance(node, Name):
            test = self.when.get(node.id)
            return [] if test is None or test in path else [test]
        if not isinstance(node, Apply):
            return []
        read = zip(node.args, paths(node, path), strict=True)
        return [test for argument, way in read for test in self._asked(argument, way)]

    def corrections(self, node: Node, path: Path) -> Node:
        """The node with each one_minus_power in it under a name of its own."""
        if not isinstance(node, Apply):
            return node
        ways = paths(node, path)
        args = (self.corrections(a, way) for a, way in zip(node.args, ways, strict=True))
        node = Apply(node.op, tuple(args))
        return self.scalar(node, _stem(node, node, ""), path) if node.op is ONE_MINUS_POW else node


def _calls(node: Node) -> bool:
    """Whether there is a function in it."""
    return any(
        isinstance(n, Apply) and n.op.kind is not Kind.CONDITION and n.op not in _ARITHMETIC
        for n in walk(node)
    )


def ordered(host: Iterable[Assign]) -> tuple[Assign, ...]:
    """The assignments, each after those of the names it reads, and else in their order."""
    pending = {a.target.id: a for a in host}
    placed: list[Assign] = []

    def place(assign: Assign) -> None:
        del pending[assign.target.id]
        for name in sorted(names(assign.value) & pending.keys()):
            if name in pending:
                place(pending[name])
        placed.append(assign)

    while pending:
        place(next(iter(pending.values())))
    return tuple(placed)


def _stem(node: Apply, parent: Apply, target: str) -> str:
    """A name that says what the scalar is, or else what it scales."""
    match node.op, node.args:
        case op, (Name(base, _), Name(exponent, _)) if op is ONE_MINUS_POW:
            return f"one_minus_{base}_pow_{exponent}"
        case op, (first, Name(name, _)) if op is SUB and first == ONE:
            return f"one_minus_{name}"
        case op, (Name(name, _), _) if op is MUL and parent.op is ADD:
            return f"scaled_{name}"
        case op, (Name(name, _), Name(of, _)) if op is MOD:
            return f"{name}_mod_{of}"
        case op, (Name(name, _), Constant(of)) if op is MOD and of.denominator == 1:
            return f"{name}_mod_{of}"
    if target == "theta[t]" and "lr" in names(node):
        return "step_size"
    if parent.op is MUL and node is parent.args[0]:
        scaled = next((n.id for n in walk(parent.args[1]) if isinstance(n, Name)), target)
        return f"{scaled}_factor"
    return f"{target}_factor"
