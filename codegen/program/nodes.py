"""Nodes of the tree: frozen, typed, compared by structure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache

from ...specs.language.shapes import FACTS, WHOLE, broadcast, machine_epsilon, reduced
from .operations import NOT, SELECT, Kind, Operation
from .types import HOST_REAL, TENSOR, DType, Place, Type


class Node:
    """A constant, a name, or an operation applied to nodes."""

    type: Type

    @property
    def on_host(self) -> bool:
        return self.type.place is Place.HOST

    @property
    def is_tensor(self) -> bool:
        return bool(self.type.axes)

    @property
    def is_late(self) -> bool:
        """Whether it is a number of the host that waits for totals over all tensors."""
        return self.type.turn > 0


@dataclass(frozen=True)
class Constant(Node):
    value: Fraction

    @property
    def type(self) -> Type:  # pyright: ignore[reportIncompatibleVariableOverride]
        return HOST_REAL


@dataclass(frozen=True)
class Name(Node):
    id: str
    type: Type


@dataclass(frozen=True)
class Absent(Node):
    """The value of a state that does not exist."""

    type: Type = HOST_REAL


@dataclass(frozen=True)
class Apply(Node):
    op: Operation
    args: tuple[Node, ...]

    def __post_init__(self) -> None:
        if len(self.args) != self.op.arity:
            raise ValueError(f"{self.op} takes {self.op.arity} operands, got {len(self.args)}")

    @cached_property
    def _hash(self) -> int:
        return hash((self.op.name, self.args))

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def type(self) -> Type:  # pyright: ignore[reportIncompatibleVariableOverride]
        known = [a.type for a in self.args if not isinstance(a, Absent)]
        on_host = all(k.place is Place.HOST for k in known)
        place = Place.HOST if on_host else Place.DEVICE
        dtype = DType.BOOLEAN if self.op.kind is Kind.CONDITION else DType.REAL
        turn = max((k.turn for k in known), default=0) if on_host else 0
        if self.op.kind is Kind.TOTAL:
            return Type(dtype, (), Place.HOST, turn + 1)
        if self.op.kind is Kind.REDUCTION:
            over = self.op.over
            return Type(dtype, reduced(known[0].axes, over) if over else (), Place.DEVICE)
        axes = [k.axes for k in known]
        if self.op.typed:
            return Type(dtype, self.op.typed(axes), place, turn)
        return Type(dtype, broadcast(axes), place, turn)


ZERO = Constant(Fraction(0))
ONE = Constant(Fraction(1))


def apply(op: Operation, *args: Node) -> Apply:
    return Apply(op, args)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, operands first."""
    if isinstance(node, Apply):
        for argument in node.args:
            yield from walk(argument)
    yield node


@lru_cache(maxsize=2**14)  # nodes: more than a large rule has
def names(node: Node) -> frozenset[str]:
    """The ids of all names read by the node."""
    below = node.args if isinstance(node, Apply) else ()
    return frozenset({node.id} if isinstance(node, Name) else ()).union(*map(names, below))


def rebuild(node: Node, rewrite: Callable[[Node], Node]) -> Node:
    """The node with ``rewrite`` applied to every node below it, then to itself."""
    if isinstance(node, Apply):
        args = tuple(rebuild(a, rewrite) for a in node.args)
        if args != node.args:
            node = Apply(node.op, args)
    return rewrite(node)


def substitute(node: Node, values: Mapping[str, Node]) -> Node:
    """The node with names replaced."""
    return rebuild(node, lambda n: values.get(n.id, n) if isinstance(n, Name) else n)


def negation(test: Node) -> Node:
    if isinstance(test, Apply) and test.op is NOT:
        return test.args[0]
    return apply(NOT, test)


def is_host_select(node: Node) -> bool:
    """Whether the node is a choice that can be made before any tensor is touched."""
    if not (isinstance(node, Apply) and node.op is SELECT):
        return False
    return node.args[0].on_host and not node.args[0].is_late


@dataclass(frozen=True)
class Assign:
    """``target`` takes a value. ``equation`` is the text of the update it came from."""

    target: Name
    value: Node
    equation: str = ""


@dataclass(frozen=True)
class Branch:
    """Statements chosen by a condition that is known on the host."""

    condition: Node
    then: tuple["Statement", ...]
    otherwise: tuple["Statement", ...] = ()


Statement = Assign | Branch


@dataclass(frozen=True)
class Slot:
    """Storage that lives from step to step: the parameter or a state.

    ``old`` names the stored value and ``new`` the one that replaces it; ``when`` is the
    condition under which the slot exists, None for always. ``is_global`` is said of a number that
    is one for all tensors of a step.
    """

    old: Name
    new: Name
    when: Node | None = None
    is_global: bool = False

    @property
    def name(self) -> str:
        return self.old.id

    @property
    def is_tensor(self) -> bool:
        return self.old.is_tensor


@dataclass(frozen=True)
class Given:
    """What a step is given beside the gradient, a tensor like the parameter or a number.

    ``when`` is the condition under which a step reads it, None for always.
    """

    name: Name
    when: Node | None = None


@dataclass(frozen=True)
class Program:
    """One step.

    ``host`` is computed first, in float64, from hyperparameters, step and scalar states;
    ``body`` works on tensors. The first slot is the parameter. ``derived`` are the arguments that
    can be left out, and what they then are.
    """

    spec: str
    slots: tuple[Slot, ...]
    body: tuple[Statement, ...]
    host: tuple[Assign, ...] = ()
    optional: tuple[str, ...] = ()
    derived: tuple[tuple[str, Node], ...] = ()
    gradient: Name = Name("grad", TENSOR)
    inputs: tuple[Given, ...] = ()

    def with_body(self, body: tuple[Statement, ...]) -> "Program":
        return replace(self, body=body)

    @property
    def tensor_slots(self) -> tuple[Slot, ...]:
        return tuple(s for s in self.slots if s.is_tensor)

    @property
    def scalar_slots(self) -> tuple[Slot, ...]:
        return tuple(s for s in self.slots if not s.is_tensor and not s.is_global)

    @property
    def global_slots(self) -> tuple[Slot, ...]:
        return tuple(s for s in self.slots if s.is_global)

    @property
    def tensor_inputs(self) -> tuple[Given, ...]:
        return tuple(i for i in self.inputs if i.name.is_tensor)

    @property
    def scalar_inputs(self) -> tuple[Given, ...]:
        return tuple(i for i in self.inputs if not i.name.is_tensor)

    @property
    def read_only(self) -> tuple[Name, ...]:
        """The tensors that a step is given and must not write to."""
        return self.gradient, *(i.name for i in self.tensor_inputs)

    @cached_property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of operations in the body."""
        return frozenset(
            n.op.kind for a in assignments(self.body) for n in walk(a.value) if isinstance(n, Apply)
        )

    @cached_property
    def is_elementwise(self) -> bool:
        """Whether an element of a result needs the same element of the operands alone.

        And numbers that are the same for all tensors, as which shape they have makes no difference.
        """
        whole = self.kinds & {Kind.REDUCTION, Kind.MATRIX} or self.takes_turns
        return not whole and self.is_of_one_shape and not self.facts

    @property
    def takes_turns(self) -> bool:
        """Whether there is anything that is one for all tensors of a step."""
        return bool(self.global_slots) or Kind.TOTAL in self.kinds

    @cached_property
    def is_of_one_shape(self) -> bool:
        """Whether all tensors in it are like the parameter."""
        nodes = [s.old for s in self.slots]
        nodes += [n for a in assignments(self.body) for n in walk(a.value)]
        return all(n.type.axes in ((), WHOLE) for n in nodes)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """What it reads of the parameter's shape, and of its dtype."""
        return tuple(f.name for f in (*FACTS, machine_epsilon) if f.name in self.read)

    @cached_property
    def read(self) -> frozenset[str]:
        """The names it reads, those among them in conditions of states, and in what is derived."""
        read = frozenset(reads((*self.host, *self.body)))
        for slot in self.slots:
            read |= frozenset() if slot.when is None else names(slot.when)
        return read.union(*(names(value) for name, value in self.derived if name in read))


def assignments(statements: tuple[Statement, ...]) -> Iterator[Assign]:
    """Every assignment, in order, of both sides of every branch."""
    for statement in statements:
        if isinstance(statement, Assign):
            yield statement
        else:
            yield from assignments(statement.then)
            yield from assignments(statement.otherwise)


def map_assignments(
    statements: tuple[Statement, ...], rewrite: Callable[[Assign], Assign]
) -> tuple[Statement, ...]:
    """The statements with every assignment rewritten."""
    return tuple(
        rewrite(s)
        if isinstance(s, Assign)
        else Branch(
            s.condition, map_assignments(s.then, rewrite), map_assignments(s.otherwise, rewrite)
        )
        for s in statements
    )


def reads(statements: tuple[Statement, ...]) -> set[str]:
    """The ids of all names the statements read, conditions included."""
    found: set[str] = set()
    for statement in statements:
        if isinstance(statement, Assign):
            found |= names(statement.value)
        else:
            found |= names(statement.condition)
            found |= reads(statement.then) | reads(statement.otherwise)
    return found


def all_names(program: Program) -> set[str]:
    """The ids of all names its statements read or assign."""
    statements = (*program.host, *program.body)
    return reads(statements) | {a.target.id for a in assignments(statements)}
