"""A rule with its switches settled: the equations that are left, and what each switch changes.

Switches are the options, and the hyperparameters whose 0 takes terms away. A spec's cases on them
are decided, so what remains reads as a paper would write that variant alone.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain, combinations
from typing import cast

from sympy import Basic, Eq, Expr, Integer, Ne, Rational, Symbol, false, sympify

from ....specs.language import Hyper, Optimizer, Option, State, Update, Value, theta


@dataclass(frozen=True)
class Variant:
    """A spec under some settings.

    Args:
        spec: the spec, with its states and equations as they are then, in order.
        on: the names of the switches that are on.
    """

    spec: Optimizer
    on: frozenset[str]


@dataclass(frozen=True)
class Change:
    """What one switch does.

    Args:
        switch: its name.
        within: the names of the other switches that are on, without which it does nothing.
        before: the equations that are other ones when it is on, as they are when it is off.
        after: the same equations when it is on; there may be fewer of them, or more.
        added: the states it adds.
        initial: the states whose first value it changes.
    """

    switch: str
    within: tuple[str, ...]
    before: tuple[Update, ...]
    after: tuple[Update, ...]
    added: tuple[State, ...]
    initial: tuple[State, ...]


def switches(spec: Optimizer) -> tuple[str, ...]:
    """The names of all switches, in the order of the arguments."""
    return tuple(
        h.name
        for h in spec.hyper
        if isinstance(h, Option)
        or (isinstance(h, Hyper) and (h.optional or (h.default and not Fraction(h.default))))
    )


def usual(spec: Optimizer) -> frozenset[str]:
    """The switches that are on by default."""
    known = switches(spec)
    return frozenset(
        h.name
        for h in spec.hyper
        if h.name in known
        and (bool(h.default and Fraction(h.default)) if isinstance(h, Hyper) else h.default)
    )


def variant(spec: Optimizer, on: frozenset[str]) -> Variant:
    """The spec with these switches on and all others off."""
    settled = _settling(spec, on)
    states = tuple(
        replace(s, when=when, init=None if s.init is None else settled(sympify(s.init)))
        for s in spec.states
        if (when := settled(s.when)) != false
    )
    gone = {s.name for s in spec.states} - {s.name for s in states}
    updates = tuple(
        Update(u.target, cast(Expr, settled(u.value)))
        for u in spec.updates
        if u.target.name not in gone
    )
    results = {theta.name, *(s.name for s in states)}
    return Variant(replace(spec, states=states, updates=needed(updates, results)), on)


def plain(spec: Optimizer, on: frozenset[str]) -> Variant:
    """A variant without the names that stand for what has one already."""
    found = variant(spec, on)
    updates = tuple(without_aliases(found.spec.updates, {"theta"}, (Value, Symbol)))
    return replace(found, spec=replace(found.spec, updates=updates))


def is_allowed(spec: Optimizer, on: frozenset[str]) -> bool:
    """Whether the spec's constraints can hold with these switches on."""
    numbers: dict[Basic, Basic] = {}
    known = switches(spec)
    numbers |= _decided(spec, on)
    for h in spec.hyperparameters:
        if h.name in known:
            numbers[h.symbol] = Rational(1, 2) if h.name in on else Integer(0)
        elif h.default:
            numbers[h.symbol] = Rational(h.default)
    return all(c.condition.xreplace(numbers) != false for c in spec.constraints)


def changes(spec: Optimizer) -> list[Change]:
    """What each switch changes, beside the defaults and as few other switches as it needs."""
    found: list[Change] = []
    for switch in switches(spec):
        change = next(filter(None, _changes(spec, switch)), None)
        if change is not None:
            found.append(change)
    return found


def _changes(spec: Optimizer, switch: str) -> Iterator[Change | None]:
    default = usual(spec)
    others = [name for name in switches(spec) if name != switch and name not in default]
    base = default - {switch}
    for within in chain.from_iterable(combinations(others, n) for n in range(len(others) + 1)):
        off = base | {*within}
        if is_allowed(spec, off) and is_allowed(spec, off | {switch}):
            yield _change(spec, switch, within, off)


def _change(
    spec: Optimizer, switch: str, within: tuple[str, ...], off: frozenset[str]
) -> Change | None:
    before, after = variant(spec, off).spec, variant(spec, off | {switch}).spec
    kept = {s.name: s for s in before.states}
    change = Change(
        switch,
        within,
        before=tuple(u for u in before.updates if u not in after.updates),
        after=tuple(u for u in after.updates if u not in before.updates),
        added=tuple(s for s in after.states if s.name not in kept),
        initial=tuple(s for s in after.states if s.name in kept and s.init != kept[s.name].init),
    )
    return change if change.before or change.after or change.added or change.initial else None


def _decided(spec: Optimizer, on: frozenset[str]) -> dict[Basic, Basic]:
    """Of each option whether it is on; choices are left at their defaults."""
    choices = {flag for choice in spec.choices for flag in choice.flags.values()}
    return {o.flag: sympify(o.default if o.flag in choices else o.name in on) for o in spec.options}


def _settling(spec: Optimizer, on: frozenset[str]) -> Callable[[Basic], Basic]:
    """What decides the cases in the spec's expressions, and puts 0 for what is off."""
    known = switches(spec)
    decided = _decided(spec, on)
    zero: dict[Basic, Basic] = {}
    for h in spec.hyperparameters:
        if h.name in known:
            is_on = sympify(h.name in on)
            decided |= {Ne(h.symbol, 0): is_on, h.symbol > 0: is_on}
            decided[Eq(h.symbol, 0)] = sympify(h.name not in on)
            zero |= {} if is_on else {h.symbol: Integer(0)}
    # Conditions first: with a number in its place a symbol's could not be told.
    return lambda e: e.xreplace(decided).xreplace(zero)


def needed(updates: Sequence[Update], results: Container[str]) -> tuple[Update, ...]:
    """The updates that results depend on, which are given by their names."""
    values = {u.target: u.value for u in updates}
    pending: list[Basic] = [v for v in values if v.name in results]
    found: set[Basic] = set()
    while pending:
        target = pending.pop()
        if target in values and target not in found:
            found.add(target)
            pending += values[cast(Value, target)].atoms(Value)
    return tuple(u for u in updates if u.target in found)


def without_aliases(
    updates: Sequence[Update], results: Container[str], kinds: tuple[type[Basic], ...]
) -> list[Update]:
    """The updates, less those that give another name to something; the gradient keeps its own.

    Args:
        updates: of a rule or a schedule.
        results: the names of what is wanted, which stay.
        kinds: what another name is not needed for.
    """
    names: dict[Basic, Basic] = {}
    kept: list[Update] = []
    for update in updates:
        value = cast(Expr, update.value.xreplace(names))
        if isinstance(value, kinds) and update.target.name not in results:
            names[update.target] = value
        else:
            kept.append(Update(update.target, value))
    return kept
