"""A program of totals over all tensors -> what each tensor does, and what is done once.

What a tensor does is one body, in which it hands over its parts of the totals, once a turn. Numbers
that wait for totals are computed between two turns: those that states of all tensors depend on once
for all, and the others once for each kind of tensors, as the rest of what is known on the host is:
their hyperparameters may differ.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from .nodes import Apply, Assign, Name, Node, Program, Statement, assignments, names, walk
from .operations import LIFT, PARTS, Kind, Operation
from .types import HOST_REAL

_KINDS = {op: part.name for op, part in PARTS.items()}

Scalars = tuple[tuple[Assign, ...], ...]
"""Statements after each turn."""


@dataclass(frozen=True)
class Turns:
    """A program taken apart.

    Args:
        whole: the program.
        program: what each tensor does.
        totals: for each turn, how parts come together, by the name of the total: ``"total"``,
            ``"norm"`` or ``"amax"``.
        shared: what is computed once, after each turn.
        own: what is computed for each kind of tensors.
        new: the names of new values of states that all tensors share, by the state's.
    """

    whole: Program
    program: Program
    totals: tuple[dict[str, str], ...]
    shared: Scalars
    own: Scalars
    new: dict[str, str]

    @cached_property
    def sums_elements(self) -> bool:
        """Whether it is elementwise, but for totals over the elements of all tensors."""
        found = [*assignments(self.whole.body)]
        kinds = {
            n.id: a.value.op
            for a in found
            if isinstance(a.value, Apply) and a.value.op.kind is Kind.TOTAL
            for n in a.value.args
            if isinstance(n, Name)
        }
        values = [_of_elements(a.value, kinds.get(a.target.id)) for a in found]
        nodes = [n for x in values for n in walk(x) if isinstance(n, Apply) and n.op is not LIFT]
        whole = any(n.op.kind in (Kind.REDUCTION, Kind.MATRIX) for n in nodes)
        return bool(kinds) and not whole and self.whole.is_of_one_shape and not self.whole.facts

    @cached_property
    def read(self) -> set[str]:
        """The names that what is computed after turns reads, of the host's and of states."""
        return {name for turn in (*self.shared, *self.own) for a in turn for name in names(a.value)}

    @cached_property
    def late(self) -> set[str]:
        """The names of totals, and of what is computed after turns."""
        found = {name for turn in self.totals for name in turn}
        return found | {a.target.id for turn in (*self.shared, *self.own) for a in turn}

    def agreed(self, arguments: Iterable[str]) -> list[str]:
        """Which arguments states that all tensors share depend on, but through totals."""
        read = {name for turn in self.shared for a in turn for name in names(a.value)}
        read |= {*self.new.values()}
        for slot in self.program.global_slots:
            read |= set() if slot.when is None else names(slot.when)
        for a in reversed(self.program.host):
            read |= names(a.value) if a.target.id in read else set()
        for name, value in self.program.derived:
            read |= names(value) if name in read else set()
        return [name for name in arguments if name in read]


def turns(program: Program) -> Turns:
    """The program, compiled, taken apart."""
    slots = program.global_slots
    late = [s for s in program.body if isinstance(s, Assign) and s.target.is_late]
    computed = [s for s in late if not _is_total(s)]
    needed = {slot.new.id for slot in slots}
    for each in reversed(computed):
        needed |= names(each.value) if each.target.id in needed else set()
    count = max((s.target.type.turn for s in late), default=0)
    return Turns(
        whole=program,
        program=program.with_body(tuple(_of_tensors(program.body))),
        totals=tuple(
            {s.target.id: _KINDS[s.value.op] for s in late if _is_total(s, turn)}  # pyright: ignore
            for turn in range(1, count + 1)
        ),
        shared=_by_turn([s for s in computed if s.target.id in needed], count),
        own=_by_turn([s for s in computed if s.target.id not in needed], count),
        new={slot.name: slot.new.id for slot in slots},
    )


def hands_over(node: Node | None) -> bool:
    """Whether a value is the parts of totals, which a tensor hands over."""
    return isinstance(node, Apply) and node.op.kind is Kind.TOTAL


def _of_tensors(body: Sequence[Statement]) -> list[Statement]:
    """The statements of tensors, with one in the place of the totals of each turn."""
    found: list[Statement] = []
    parts: list[Assign] = []
    for s in body:
        if isinstance(s, Assign) and _is_total(s):
            if parts and s.target.type.turn != parts[0].target.type.turn:
                found.append(_handed_over(parts))
                parts = []
            parts.append(s)
            continue
        if parts:
            found.append(_handed_over(parts))
            parts = []
        if not (isinstance(s, Assign) and s.target.is_late):
            found.append(s)
    return [*found, _handed_over(parts)] if parts else found


def _of_elements(part: Node, total: Operation | None) -> Node:
    """What a part of a total is reduced from, if it is as the total itself reduces."""
    if total is not None and isinstance(part, Apply) and part.op is PARTS[total]:
        return part.args[0]
    return part


def _handed_over(totals: Sequence[Assign]) -> Assign:
    parts = [part for s in totals if isinstance(s.value, Apply) for part in s.value.args]
    op = Operation("hand_over", len(parts), Kind.TOTAL, lambda *each: each)
    target = Name("handed_over", replace(HOST_REAL, turn=totals[0].target.type.turn))
    return Assign(target, Apply(op, tuple(parts)))


def _is_total(s: Assign, turn: int = 0) -> bool:
    return hands_over(s.value) and turn in (0, s.target.type.turn)


def _by_turn(statements: Sequence[Assign], count: int) -> Scalars:
    return tuple(
        tuple(s for s in statements if s.target.type.turn == turn) for turn in range(1, count + 1)
    )
