"""In which stage each part of a step is computed, and in which pass each new value is written.

The level of a value is the first pass that can compute it: one more than that of what it reduces.
Reductions are taken of elements as soon as these can be computed, and numbers computed as late as
they can be. Of elements only what is written, and what is reduced, has a place; all else is
computed wherever it is needed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

from ...specs.language.shapes import WHOLE
from .nodes import Apply, Branch, Name, Program, Slot, Statement, assignments, walk
from .passes.name_parts import is_small, reduces


@dataclass(frozen=True)
class Columns:
    """What a pass moves and computes.

    Args:
        loaded: the slots that are read, and the gradient.
        stored: the slots that are written.
        computed: the names of elements that are computed.
        numbers: the names of what it takes from before.
    """

    loaded: frozenset[str]
    stored: frozenset[str]
    computed: frozenset[str]
    numbers: frozenset[str]

    @property
    def moved(self) -> int:
        return len(self.loaded) + len(self.stored)


@dataclass
class Group:
    """The numbers that are computed after one pass, or before all."""

    names: set[str] = field(default_factory=set[str])
    loads: list[Slot] = field(default_factory=list[Slot])
    stores: list[Slot] = field(default_factory=list[Slot])
    kept: list[Name] = field(default_factory=list[Name])
    """Those that later stages need."""


@dataclass(frozen=True)
class Plan:
    """Where everything has its place.

    Args:
        reductions: by pass, those whose terms it takes.
        columns: of each pass, in order.
        groups: by the pass that they follow, 0 for none, the numbers there.
    """

    reductions: Mapping[int, tuple[Name, ...]]
    columns: tuple[Columns, ...]
    groups: Mapping[int, Group]


def placed(program: Program) -> Plan:
    """The plan that moves the least; among equals the one that writes first.

    Args:
        program: with names for its parts, each assigned once.
    """
    known = _Known(program)
    reductions: dict[int, tuple[Name, ...]] = {}
    for name in known.order:
        if known.takes_terms(name):
            k = known.level(name) - 1
            reductions[k] = (*reductions.get(k, ()), known.types[name])
    slots = [s for s in program.tensor_slots if s.old.type.axes == WHOLE and s.new.id in known.read]
    last = max([1, *reductions, *(known.level(s.new.id) for s in slots)])
    plans: list[tuple[Columns, ...]] = []
    for where in product(*(range(known.level(s.new.id), last + 1) for s in slots)):
        stored = {s.name: k for s, k in zip(slots, where, strict=True)}
        try:
            plans.append(
                tuple(known.columns(stored, reductions.get(k, ()), k) for k in range(1, last + 1))
            )
        except _GoneError:
            continue
    columns = min(plans, key=lambda plan: sum(each.moved for each in plan))
    return Plan(reductions, columns, _groups(known, reductions, columns))


def kept(body: tuple[Statement, ...], names: Iterable[str]) -> tuple[Statement, ...]:
    """The statements that assign some names."""
    wanted = set(names)
    found: list[Statement] = []
    for s in body:
        if isinstance(s, Branch):
            then, otherwise = kept(s.then, wanted), kept(s.otherwise, wanted)
            if then or otherwise:
                found.append(Branch(s.condition, then, otherwise))
        elif s.target.id in wanted:
            found.append(s)
    return tuple(found)


class _GoneError(Exception):
    """A pass needs a value that a pass before has overwritten, or has written and so rounded."""


class _Known:
    """What the names of a program are."""

    def __init__(self, program: Program) -> None:
        self.slots = {s.name: s for s in program.tensor_slots}
        self.small = [s for s in program.tensor_slots if is_small(s.old)]
        self._new = {s.new.id: s for s in program.tensor_slots}
        self._gradient = program.gradient.id
        self.types = {s.name: s.old for s in self.small}
        self.read: dict[str, set[str]] = {}
        """What the assignments of a name read, of tensors."""
        self._reductions: set[str] = set()
        for assign in assignments(program.body):
            name, value = assign.target.id, assign.value
            self.types[name] = assign.target
            found = (n for n in walk(value) if isinstance(n, Name) and not n.on_host)
            self.read.setdefault(name, set()).update(n.id for n in found)
            if reduces(value) and isinstance(value, Apply) and value.args[0].type.axes == WHOLE:
                self._reductions.add(name)
        self._levels: dict[str, int] = {}

    @cached_property
    def order(self) -> list[str]:
        """Old values of small states, then what is assigned, in order."""
        return [*(s.name for s in self.small), *self.read]

    @property
    def numbers(self) -> list[str]:
        return [name for name in self.order if is_small(self.types[name])]

    def takes_terms(self, name: str) -> bool:
        """Whether it reduces elements."""
        return name in self._reductions

    def level(self, name: str) -> int:
        if name not in self._levels:
            below = max([self.level(n) for n in self.read.get(name, ())], default=1)
            self._levels[name] = below + self.takes_terms(name)
        return self._levels[name]

    def columns(self, stored: Mapping[str, int], taken: Iterable[Name], k: int) -> Columns:
        """What pass ``k`` moves and computes.

        Args:
            stored: by slot, the pass that writes it.
            taken: the reductions whose terms it takes.
            k: its number.

        Raises:
            _GoneError: it needs what is not to be read any more.
        """
        written = {name for name, at in stored.items() if at == k}
        loaded: set[str] = set()
        seen: set[str] = set()
        left = [self.slots[name].new.id for name in written]
        left += [name for reduction in taken for name in self.read[reduction.id]]
        while left:
            name = left.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.types and is_small(self.types[name]):
                continue
            slot = self._new.get(name) or self.slots.get(name)
            if slot and stored.get(slot.name, k) < k:
                raise _GoneError
            if name in self.read:
                left += self.read[name]
            else:
                loaded.add(name)
        numbers = {n for n in seen if n in self.types and is_small(self.types[n])}
        computed = (seen & self.read.keys()) - numbers
        return Columns(*map(frozenset, (loaded, written, computed, numbers)))


def _groups(
    known: _Known, reductions: Mapping[int, Iterable[Name]], columns: tuple[Columns, ...]
) -> dict[int, Group]:
    """After which pass each number is computed, and each small state read and written."""
    place = {name.id: k for k, taken in reductions.items() for name in taken}
    needed: dict[str, set[int]] = {name: set() for name in known.numbers}
    """The groups that need each, or that the pass after them does."""
    handed_on: set[str] = set()
    for k, own in enumerate(columns):
        handed_on |= own.numbers
        for name in own.numbers:
            needed[name].add(k)
    for name in reversed(known.numbers):
        if name not in place and (needed[name] or name in known.read):
            place[name] = min(needed[name], default=max(known.level(name) - 1, 1))
        if name in place and not known.takes_terms(name):
            for other in known.read.get(name, ()):
                needed[other].add(place[name])
    groups: dict[int, Group] = {}
    for name, k in place.items():
        groups.setdefault(k, Group()).names.add(name)
    for slot in known.small:
        is_read = slot.name in place
        if is_read:
            groups[place[slot.name]].loads.append(slot)
        if slot.new.id in known.read:
            k = max(place[slot.new.id], place[slot.name] if is_read else 0)
            groups.setdefault(k, Group()).stores.append(slot)
            needed[slot.new.id].add(k)
    for name in known.numbers:
        if name in place and (name in handed_on or any(k > place[name] for k in needed[name])):
            groups[place[name]].kept.append(known.types[name])
    return groups
