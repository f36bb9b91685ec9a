"""Decide where each result of a three-address program is written.

A result goes into its slot; in place over an operand that is not read again; or into the
first scratch buffer that no live value occupies. The gradient is the caller's and is never
written to. A name that stands for a slot which is about to be overwritten gets a copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .evaluate import value_of
from .nodes import Apply, Assign, Branch, Name, Node, Program, Statement, reads, rebuild
from .operations import ADD, MAX, MIN, MUL, Kind, Operation


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


@dataclass(frozen=True)
class Listing:
    """Instructions and the names of the scratch buffers they need."""

    steps: tuple[Step, ...]
    scratch: tuple[str, ...]


def allocate(program: Program) -> Listing:
    """Buffers for a linearised program.

    Elementwise programs are given scratch buffers. Where a matrix operation makes results
    of other shapes, every result that is not written in place is a new value instead.
    """
    allocation = _Allocation(
        slots={s.old.id for s in program.tensor_slots},
        reuse_scratch=Kind.MATRIX not in program.kinds(),
    )
    occupied = {s.old.id: frozenset({s.old.id}) for s in program.tensor_slots}
    occupied["grad"] = frozenset({"grad"})
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


_COMMUTATIVE = {ADD, MUL, MAX, MIN}


@dataclass
class _Allocation:
    slots: set[str]
    reuse_scratch: bool
    scratch: set[str] = field(default_factory=set)

    def block(
        self, body: tuple[Statement, ...], state: _State, live_out: set[str], written_later: set[str]
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
                steps.append(self._instruction(s, state, live, later))
        return tuple(steps), state

    def _instruction(
        self, s: Assign, state: _State, live: set[str], written_later: set[str]
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
            return Instruction(target, value.op, args, target, s.equation)
        over = self._in_place(value, state, live)
        if over is not None:
            into = state.spelled.get(over, over)
            state.buffers[target] = state.buffers[over]
        else:
            into = self._free(target, state, live)
            state.buffers[target] = frozenset({into})
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
        if state.buffers[value.id] & written_later:
            into = self._free(target, state, live)
            state.buffers[target] = frozenset({into})
            return Instruction(target, None, (source,), into, s.equation)
        state.buffers[target] = state.buffers[value.id]
        return Instruction(target, None, (source,), None, s.equation)

    def _in_place(self, value: Apply, state: _State, live: set[str]) -> str | None:
        """An operand whose buffer can take the result: ours, of its shape, not read again."""
        if value.op.kind is not Kind.ELEMENTWISE:
            return None
        for i, a in enumerate(value.args):
            if (
                isinstance(a, Name)
                and a.is_tensor
                and a.id not in live
                and all(b in self.scratch for b in state.buffers[a.id])
                and (i == 0 or value.op in _COMMUTATIVE)
            ):
                return a.id
        return None

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


def simulate(listing: Listing, program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
    """Run a listing on exact numbers with real buffers, so that a bad overwrite shows.

    Args:
        listing: what :func:`allocate` made of ``program``.
        program: the linearised program.
        values: as for :func:`~.evaluate.evaluate`.

    Returns:
        The content of every slot's buffer that exists.
    """
    scalars = dict(values)
    for assign in program.host:
        scalars[assign.target.id] = value_of(assign.value, scalars)
    contents = {s.old.id: values.get(s.old.id) for s in program.tensor_slots}
    contents["grad"] = values["grad"]
    bound = {name: name for name in (*contents, *listing.scratch)}
    _simulate(listing.steps, contents, bound, scalars)
    return {
        s.name: contents[s.name] if s.is_tensor else scalars[s.new.id]
        for s in program.slots
        if s.when is None or value_of(s.when, scalars)
    }


def _simulate(
    steps: tuple[Step, ...], contents: dict[str, Any], bound: dict[str, str], scalars: dict[str, Any]
) -> None:
    for step in steps:
        environment = scalars | {v: contents.get(b) for v, b in bound.items()}
        if isinstance(step, Choice):
            side = step.then if value_of(step.condition, environment) else step.otherwise
            _simulate(side, contents, bound, scalars)
        elif step.is_scalar:
            scalars[step.target] = value_of(step.args[0], environment)
            bound.pop(step.target, None)
        elif step.op is None and step.into is None:
            alias = step.args[0]
            assert isinstance(alias, Name)
            bound[step.target] = bound[alias.id]
        else:
            operands = [value_of(a, environment) for a in step.args]
            result = operands[0] if step.op is None else step.op.exact(*operands)
            buffer = f"new {len(contents)}" if step.into is None else bound[step.into]
            contents[buffer] = result
            bound[step.target] = buffer
