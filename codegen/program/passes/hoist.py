"""Hoist to the host, in float64, what depends on hyperparameters and the step alone."""

from dataclasses import dataclass, field, replace

from ..nodes import (
    ONE,
    ZERO,
    Apply,
    Assign,
    DType,
    Name,
    Node,
    Place,
    Program,
    Type,
    apply,
    free,
    names,
    rebuild,
    walk,
)
from ..operations import ADD, MUL, ONE_MINUS_POW, SELECT, SUB

_REAL = Type(DType.REAL, ONE.type.shape, Place.HOST)


def hoist(program: Program) -> Program:
    taken = {n for a in program.body if isinstance(a, Assign) for n in names(a.value)}
    taken |= {a.target.id for a in program.body if isinstance(a, Assign)}
    when = {n.id: s.when for s in program.scalar_slots if s.when for n in (s.old, s.new)}
    hoisting = _Hoisting(taken | {s.old.id for s in program.slots}, when)
    body: list[Assign] = []
    for assign in program.body:
        assert isinstance(assign, Assign)  # choices are not yet statements
        if assign.value.on_host and not assign.target.is_tensor:
            value = hoisting.corrections(assign.value)
            if assign.target.id not in when:
                value = hoisting.guarded(value)
            hoisting.host.append(replace(assign, value=value))
        else:
            value = hoisting.tensor(assign.value, assign.target.id)
            body.append(replace(assign, value=value))
    return replace(program, host=tuple(hoisting.host), body=tuple(body))


@dataclass
class _Hoisting:
    taken: set[str]
    when: dict[str, Node]
    """The conditions under which scalar states exist, by the names of their values."""
    host: list[Assign] = field(default_factory=list)
    known: dict[Node, Name] = field(default_factory=dict)

    def tensor(self, node: Node, target: str) -> Node:
        """The node with every scalar expression below it replaced by a name."""
        if not isinstance(node, Apply):
            return node
        args: list[Node] = []
        for argument in node.args:
            if isinstance(argument, Apply) and argument.on_host:
                if argument.type.dtype is not DType.BOOLEAN:  # a test stays where it is made
                    argument = self.scalar(argument, _stem(argument, node, target))
            else:
                argument = self.tensor(argument, target)
            args.append(argument)
        return Apply(node.op, tuple(args))

    def scalar(self, node: Apply, stem: str) -> Name:
        value = node if node.op is ONE_MINUS_POW else self.corrections(node)
        if value not in self.known:
            name = free(stem, self.taken)
            self.taken.add(name)
            self.known[value] = Name(name, _REAL)
            self.host.append(Assign(self.known[value], self.guarded(value)))
        return self.known[value]

    def guarded(self, value: Node) -> Node:
        """The value, or 0 where a state that it reads does not exist: it is not used then."""
        for test in {self.when[name]: None for name in sorted(names(value) & self.when.keys())}:
            value = apply(SELECT, test, value, ZERO)
        return value

    def corrections(self, node: Node) -> Node:
        """The node with each one_minus_power in it under a name of its own."""

        def rewrite(n: Node) -> Node:
            if isinstance(n, Apply) and n.op is ONE_MINUS_POW:
                return self.scalar(n, _stem(n, n, ""))
            return n

        return rebuild(node, rewrite)


def _stem(node: Apply, parent: Apply, target: str) -> str:
    """A name that says what the scalar is, or else what it scales."""
    match node.op, node.args:
        case op, (Name(base, _), Name(exponent, _)) if op is ONE_MINUS_POW:
            return f"one_minus_{base}_pow_{exponent}"
        case op, (first, Name(name, _)) if op is SUB and first == ONE:
            return f"one_minus_{name}"
        case op, (Name(name, _), _) if op is MUL and parent.op is ADD:
            return f"scaled_{name}"
    if target == "theta[t]" and "lr" in names(node):
        return "step_size"
    if parent.op is MUL and node is parent.args[0]:
        scaled = next((n.id for n in walk(parent.args[1]) if isinstance(n, Name)), target)
        return f"{scaled.removesuffix('[t]')}_factor"
    return f"{target.removesuffix('[t]')}_factor"
