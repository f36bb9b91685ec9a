"""Decide where each result of a three-address program is written.

A result goes into its slot; in place over an operand that is not read again; or into the
first scratch buffer that no live value occupies. The gradient is the caller's and is never
written to. A name that stands for a slot which is about to be overwritten gets a copy.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from enum import Enum

from .nodes import Apply, Assign, Branch, Name, Node, Program, Statement, names, reads, rebuild
from .operations import COMMUTATIVE, COPY, SELECT, TRANSPOSE, Kind, Operation
from .types import DType


@dataclass(frozen=True)
class Instruction:
    """One operation.

    Args:
        target: the variable that holds the result.
        op: the operation; None gives ``args[0]`` another name, or copies it ``into`` a buffer.
        args: names and scalar expressions, under the names they have in the listing.
        into: the variable whose buffer the result is written to; None for a new value.
        equation: the text of the update it serves.
    """

    target: str
    op: Operation | None
    args: tuple[Node, ...]
    into: str | None
    equation: str = ""

    @property
    def is_scalar(self) -> bool:
        """Whether the result is one number rather than a tensor."""
        return self.op is None and self.into is None and not self.args[0].is_tensor


@dataclass(frozen=True)
class Choice:
    """Instructions chosen by a condition that is known on the host."""

    condition: Node
    then: tuple["Step", ...]
    otherwise: tuple["Step", ...] = ()


Step = Instruction | Choice


class Prefer(Enum):
    """Where a result goes that is written to no slot, if there is a choice."""

    OPERANDS = "in place over an operand: the fewest new tensors"
    OWN = "to the buffer its name has had on another path: the fewest buffers"


@dataclass(frozen=True)
class Listing:
    """Instructions and the names of the scratch buffers they need."""

    steps: tuple[Step, ...]
    scratch: tuple[str, ...]


def allocate(
    program: Program,
    *,
    prefer: Prefer = Prefer.OPERANDS,
    beside: Container[Operation] = frozenset(),
) -> Listing:
    """Buffers for a linearised program.

    Elementwise programs are given scratch buffers. Where an operation makes results of other
    shapes, or tensors take turns and all of them are under way at once, every result that is not
    written in place is a new value instead.

    Args:
        program: linearised.
        prefer: where results go.
        beside: operations whose results never go over an operand, unless both are one slot.
    """
    allocation = _Allocation(
        slots={s.old.id for s in program.tensor_slots},
        reuse_scratch=not program.kinds & {Kind.MATRIX, Kind.TOTAL} and program.is_of_one_shape,
        prefer=prefer,
        beside=beside,
    )
    occupied = {s.old.id: frozenset({s.old.id}) for s in program.tensor_slots}
    occupied |= {x.id: frozenset({x.id}) for x in program.read_only}
    steps, _ = allocation.block(program.body, _State(occupied, {}), set(), set())
    scratch = sorted(allocation.scratch, key=lambda name: int(name.removeprefix("tmp")))
    return Listing(steps, tuple(scratch) if allocation.reuse_scratch else ())


_Buffers = dict[str, frozenset[str]]
"""Which buffers a variable may stand for."""


@dataclass
class _State:
    buffers: _Buffers
    spelled: dict[str, str]
    """The variable a temporary lives under."""


@dataclass
class _Allocation:
    slots: set[str]
    reuse_scratch: bool
    prefer: Prefer
    beside: Container[Operation]
    scratch: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    """What stands for a number on some path, which nothing can be written over."""

    def block(
        self,
        body: tuple[Statement, ...],
        state: _State,
        live_out: set[str],
        written_later: set[str],
    ) -> tuple[tuple[Step, ...], _State]:
        steps: list[Step] = []
        for i, s in enumerate(body):
            live = live_out | reads(body[i + 1 :])
            later = written_later | _writes(body[i + 1 :])
            if isinstance(s, Branch):
                sides = [
                    self.block(side, _State(dict(state.buffers), dict(state.spelled)), live, later)
                    for side in (s.then, s.otherwise)
                ]
                (then, after), (otherwise, after_else) = sides
                steps.append(Choice(_spell(s.condition, state), then, otherwise))
                state = _joined(after, after_else)
            else:
                rest = body[i + 1 :]
                meanwhile = later if s.target.id in live_out else _written_until_read(rest, s)
                steps.append(self._instruction(s, state, live, later, meanwhile))
        return tuple(steps), state

    def _instruction(
        self,
        s: Assign,
        state: _State,
        live: set[str],
        written_later: set[str],
        written_meanwhile: set[str],
    ) -> Instruction:
        target, value = s.target.id, s.value
        if not s.target.is_tensor:
            state.buffers[target] = frozenset()
            return Instruction(target, None, (_spell(value, state),), None, s.equation)
        if isinstance(value, Name):
            return self._name(s, value, state, live, written_later)
        assert isinstance(value, Apply)
        args = tuple(_spell(a, state) for a in value.args)
        if target in self.slots:
            self._require_unread(target, state, live)
            if value.op is TRANSPOSE:  # a view, perhaps of this very slot
                return Instruction(target, COPY, (Apply(TRANSPOSE, args),), target, s.equation)
            return Instruction(target, value.op, args, target, s.equation)
        is_view = value.op is TRANSPOSE and isinstance(value.args[0], Name)
        is_choice = value.op is SELECT and value.args[0].on_host and not self.reuse_scratch
        if is_view or is_choice:
            return self._alias(s, value, args, state, live, written_meanwhile)
        if value.op in self.beside:
            live = live | names(value)
        over = self._in_place(value, state, live)
        own = self._own(target, state, live) if self.prefer is Prefer.OWN else None
        if own is not None:
            over, into = None, own
            state.buffers[target] = frozenset({own})
        elif over is not None:
            into = state.spelled.get(over, over)
            state.buffers[target] = state.buffers[over]
        else:
            into = self._free(target, state, live)
            state.buffers[target] = frozenset({into})
        tensors = (a.id for a in value.args if isinstance(a, Name) and a.is_tensor)
        if not value.is_tensor or self.numbers.issuperset(tensors):
            self.numbers.add(target)
        spelled = into if target.startswith("tmp") else target
        state.spelled[target] = spelled
        is_new = over is None and not self.reuse_scratch
        return Instruction(spelled, value.op, args, None if is_new else into, s.equation)

    def _name(
        self, s: Assign, value: Name, state: _State, live: set[str], written_later: set[str]
    ) -> Instruction:
        target, source = s.target.id, _spell(value, state)
        if target in self.slots:
            self._require_unread(target, state, live)
            return Instruction(target, None, (source,), target, s.equation)
        if state.buffers[value.id] & written_later & self.slots:
            into = self._free(target, state, live)
            state.buffers[target] = frozenset({into})
            if not self.reuse_scratch:
                return Instruction(target, COPY, (source,), None, s.equation)
            return Instruction(target, None, (source,), into, s.equation)
        state.buffers[target] = state.buffers[value.id]
        return Instruction(target, None, (source,), None, s.equation)

    def _alias(
        self,
        s: Assign,
        value: Apply,
        args: tuple[Node, ...],
        state: _State,
        live: set[str],
        written_meanwhile: set[str],
    ) -> Instruction:
        """What may lie in an operand's own memory, unless that is written while it is read.

        A transpose is that memory under another shape; what a test of the host chooses, one of two.
        """
        target = s.target.id
        tensors = [a.id for a in value.args if isinstance(a, Name) and a.is_tensor]
        stands_for = frozenset[str]().union(*(state.buffers[name] for name in tensors))
        fresh = self._free(target, state, live)
        name = state.spelled[target] = fresh if target.startswith("tmp") else target
        state.buffers[target] = frozenset({fresh})
        if self.numbers.issuperset(tensors):
            self.numbers.add(target)
        if stands_for & written_meanwhile & self.slots:
            return Instruction(name, COPY, (Apply(value.op, args),), None, s.equation)
        state.buffers[target] |= stands_for
        return Instruction(name, value.op, args, None, s.equation)

    def _in_place(self, value: Apply, state: _State, live: set[str]) -> str | None:
        """An operand whose buffer can take the result: numbers of its shape, not read again."""
        if value.op.kind is not Kind.ELEMENTWISE:
            return None
        for i, a in enumerate(value.args):
            if (
                isinstance(a, Name)
                and a.is_tensor
                and a.id not in live | self.numbers
                and a.type.axes == value.type.axes
                and a.type.dtype is DType.REAL
                and state.buffers[a.id] <= self.scratch
                and not any(state.buffers[a.id] & state.buffers.get(v, set()) for v in live)
                and (i == 0 or value.op in COMMUTATIVE)
            ):
                return a.id
        return None

    def _own(self, target: str, state: _State, live: set[str]) -> str | None:
        """A scratch buffer that the target already has to itself."""
        shared = {b for v in live - {target} for b in state.buffers.get(v, ())}
        return min((state.buffers.get(target, frozenset()) & self.scratch) - shared, default=None)

    def _free(self, target: str, state: _State, live: set[str]) -> str:
        taken = {b for v in live - {target} for b in state.buffers.get(v, ())}
        k = 1
        while f"tmp{k}" in taken:
            k += 1
        self.scratch.add(f"tmp{k}")
        return f"tmp{k}"

    def _require_unread(self, slot: str, state: _State, live: set[str]) -> None:
        stale = [v for v in live if v != slot and slot in state.buffers.get(v, ())]
        if stale:
            raise AssertionError(f"{slot} is overwritten while {stale} still stands for it")


def _writes(body: tuple[Statement, ...]) -> set[str]:
    return {
        name
        for s in body
        for name in (
            {s.target.id} if isinstance(s, Assign) else _writes(s.then) | _writes(s.otherwise)
        )
    }


def _written_until_read(rest: tuple[Statement, ...], s: Assign) -> set[str]:
    """What is written up to the last statement that reads a value, by that one too."""
    readers = [i for i, other in enumerate(rest) if s.target.id in reads((other,))]
    return _writes(rest[: max(readers, default=-1) + 1])


def _joined(a: _State, b: _State) -> _State:
    buffers = {
        v: a.buffers.get(v, frozenset()) | b.buffers.get(v, frozenset())
        for v in (*a.buffers, *(v for v in b.buffers if v not in a.buffers))
    }
    return _State(buffers, a.spelled | b.spelled)


def _spell(node: Node, state: _State) -> Node:
    """The node under the names its values have in the listing."""

    def spell(n: Node) -> Node:
        return Name(state.spelled.get(n.id, n.id), n.type) if isinstance(n, Name) else n

    return rebuild(node, spell)
