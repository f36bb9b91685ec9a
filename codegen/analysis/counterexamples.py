"""A search for points of the declared domains at which an operation is not defined.

Ranges over whole domains are wider than what can be: two operands that depend on one
hyperparameter are taken to vary apart. So what they only suspect is looked for at points:
ends of domains, defaults, the numbers of the equations, the same number for several
hyperparameters, some drawn at random; and on the way between two points where a denominator
has opposite signs, it is 0 somewhere.

What depends on tensors is only looked for inside the domains of hyperparameters: who sets an
eps to the end of its domain, 0, wants what then becomes of a zero gradient.
"""

import random
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TypeGuard

from sympy import Basic, Rational

from ...specs.language import (
    GradientAt,
    Hyper,
    Interval,
    Optimizer,
    Schedule,
    Update,
    Value,
    t,
    theta,
)
from ...specs.language.occurrences import nodes, values
from . import intervals
from .cases import Case
from .intervals import Range
from .points import GRADIENT, Key, Outcome, Point, initial_at, is_admissible, step_at

_USUAL = [Fraction(x) for x in ("0", "1", "1/2", "2", "1/10", "9/10", "3", "-1", "-1/2", "-2")]
_STEPS = (1, 2, 3, 7, 100)
_DRAWN = 60
_HALVINGS = 40
_TINY = Fraction(1, 10**30)
"""What is irrational is known to 40 digits."""


class Counterexamples:
    """Looks at one case of a spec, at the same points for all that is asked.

    Args:
        case: the case.
        ordered: the updates in execution order.
        on_tensors: whether what is looked for depends on tensors.
        at_start: whether it is in the first values of states, not in a step.
    """

    def __init__(
        self, case: Case, ordered: Sequence[Update], *, on_tensors: bool, at_start: bool = False
    ) -> None:
        self._case = case
        self._ordered = ordered
        self._inside = on_tensors
        self._at_start = at_start
        self._searches: dict[str, _Search] = {}

    @cached_property
    def _hyper(self) -> dict[Basic, list[Fraction]]:
        return {
            h.symbol: _candidates(h, self._case, self._ordered, inside=self._inside)
            for h in self._case.spec.hyperparameters
        }

    def of_operation(self, key: Key) -> Point | None:
        """Where the operand of an operation is what that is not defined for, if anywhere."""
        name, kind = key[:2]
        found = self._first(name, lambda o: key in o.operands and _fails(kind, o.operands[key]))
        return found or (self._crossing(key) if kind == "division" else None)

    def of_value(self, name: str, domain: Interval) -> Point | None:
        """Where a new value is outside a domain, if anywhere."""
        return self._first(name, lambda o: name in o.values and _is_outside(o.values[name], domain))

    def _first(self, name: str, fails: Callable[[Outcome], bool]) -> Point | None:
        return next((point for point, outcome in self._outcomes(name) if fails(outcome)), None)

    def _outcomes(self, name: str) -> Iterator[tuple[Point, Outcome]]:
        """What leads to a value, at points that differ in something it depends on."""
        if name not in self._searches:
            asked = {v.name for q in self._case.held for v in values(q) if v.lag == 0}
            leading = leading_to({name, *asked}, self._ordered)
            self._searches[name] = _Search(leading, self._points())
        search = self._searches[name]
        yield from search.seen
        for point in search.coming:
            if is_admissible(self._case, point) and search.is_new(point):
                outcome = self._outcome(name, point)
                if outcome.is_of_case:
                    search.seen.append((point, outcome))
                    yield search.seen[-1]

    def _outcome(self, name: str, point: Point) -> Outcome:
        if self._at_start:
            return initial_at(self._case, point)
        return step_at(self._case, self._searches[name].equations, point)

    def _crossing(self, key: Key) -> Point | None:
        """A zero between two points where an operand has opposite signs, as good as exactly."""
        seen = self._searches[key[0]].seen
        for step in _STEPS:
            at = [(p, o.operands[key]) for p, o in seen if p.step == step and key in o.operands]
            above = next((each for each in at if each[1].low > 0), None)
            below = next((each for each in at if each[1].high < 0), None)
            if above and below and (found := self._between(key, *above, *below)):
                return found
        return None

    def _between(self, key: Key, a: Point, at_a: Range, b: Point, at_b: Range) -> Point | None:
        size = Fraction(at_a.low) - Fraction(at_b.high)
        low, high, part = Fraction(0), Fraction(1), Fraction(at_a.low) / size
        for _ in range(_HALVINGS):
            point = a.towards(b, part)
            outcome = self._outcome(key[0], point)
            found = outcome.operands.get(key)
            if found is None or not (outcome.is_of_case and is_admissible(self._case, point)):
                return None
            if _fails("division", found) or abs(found.low) * 10**9 < size:
                return point
            low, high = (part, high) if found.low > 0 else (low, part)
            part = (low + high) / 2
        return None

    def _points(self) -> Iterator[Point]:
        draw = random.Random(0)
        defaults: dict[Basic, Fraction] = {
            h.symbol: Fraction(h.default)
            if Fraction(h.default) in self._hyper[h.symbol]
            else self._hyper[h.symbol][0]
            for h in self._case.spec.hyperparameters
        }
        pool = sorted({x for found in self._hyper.values() for x in found})
        yield self._point(defaults, draw)
        for symbol, candidates in self._hyper.items():
            for x in candidates:
                yield self._point(defaults | {symbol: x}, draw)
        for x in pool:
            same = {s: x for s, candidates in self._hyper.items() if x in candidates}
            yield self._point(defaults | same, draw)
        for _ in range(_DRAWN):
            yield self._point({s: draw.choice(c) for s, c in self._hyper.items()}, draw)

    def _point(self, hyper: dict[Basic, Fraction], draw: random.Random) -> Point:
        steps = self._case.steps
        step = draw.choice([k for k in _STEPS if steps.low <= k <= steps.high])
        stored = {name: draw.choice(_USUAL) for name in (theta.name, GRADIENT)}
        for kept in (*self._case.spec.states, *self._case.spec.inputs):
            stored[kept.name] = draw.choice(_within(intervals.over(kept.domain), _USUAL))
        return Point(hyper, step, stored)


@dataclass
class _Search:
    """Points for what leads to one value, and what came of those that were tried."""

    equations: Sequence[Update]
    coming: Iterator[Point]
    seen: list[tuple[Point, Outcome]] = field(default_factory=list[tuple[Point, Outcome]])
    _known: set[Hashable] = field(default_factory=set[Hashable])

    @cached_property
    def _read(self) -> set[Basic | str]:
        """Symbols, and the names of values; of first values, which have no equations, nothing."""
        read = {n for u in self.equations for n in nodes(u.value)}
        names = {GRADIENT if isinstance(n, GradientAt) else n.name for n in read if _is_read(n)}
        return read | names

    def is_new(self, point: Point) -> bool:
        """Whether no point before it is the same in all that the equations read."""
        if not self.equations:
            return True
        hyper = tuple(x for symbol, x in point.hyper.items() if symbol in self._read)
        stored = tuple(x for name, x in point.stored.items() if name in self._read)
        key = (hyper, point.step, stored)
        before = len(self._known)
        self._known.add(key)
        return len(self._known) > before


def _is_read(node: Basic) -> TypeGuard[Value | GradientAt]:
    return isinstance(node, Value | GradientAt)


def leading_to(names: Collection[str], ordered: Sequence[Update]) -> list[Update]:
    """The equations of values and of what they are computed from, in execution order."""
    needed, found = {*names}, list[Update]()
    for update in reversed(ordered):
        if update.target.name in needed:
            needed |= {v.name for v in values(update.value) if v.lag == 0}
            found.insert(0, update)
    return found


def _candidates(
    hyper: Hyper, case: Case, ordered: Sequence[Update], *, inside: bool
) -> list[Fraction]:
    """The numbers tried for a hyperparameter, its default first where it is one of them."""
    given = [Fraction(h.default) for h in case.spec.hyperparameters]
    written = {n for u in ordered for n in nodes(u.value) if isinstance(n, Rational)}
    numbers = [Fraction(hyper.default), *_USUAL, *given]
    for x in sorted(Fraction(int(n.p), int(n.q)) for n in written):
        numbers += [x, -x, *([1 / x] if x else [])]
    ends = (x for x in (hyper.domain.low, hyper.domain.high) if x is not None)
    if hyper.is_whole:
        numbers = [x for x in numbers if x.denominator == 1]
    allowed = (case.inside if inside else case.admissible)[hyper.symbol]
    return _within(allowed, list(dict.fromkeys([*numbers, *ends])))


def _within(allowed: Range, numbers: Sequence[Fraction]) -> list[Fraction]:
    found = [x for x in numbers if intervals.point(x).meet(allowed)]
    if found:
        return found
    bounded, above = not isinstance(allowed.low, float), isinstance(allowed.high, float)
    low = Fraction(allowed.low) if bounded else Fraction(0)
    high = low + 2 if above else Fraction(allowed.high)
    return [(low + high) / 2 if bounded else high - 1]


def _fails(kind: str, found: Range) -> bool:
    match kind:
        case "division":
            return not found.excludes_zero and found.low >= -_TINY and found.high <= _TINY
        case "root":
            return found.high < 0
    return found.high <= 0


def _is_outside(found: Range, domain: Interval) -> bool:
    """Whether a number known to many digits is outside, by more than the rest of them."""
    slack = Range(-_TINY, _TINY)
    return not found.within(domain) and not any(
        intervals.point(x).within(domain)
        for x in (intervals.add(found, slack).low, intervals.add(found, slack).high)
        if isinstance(x, Fraction)
    )


def depending_on_tensors(spec: Optimizer | Schedule, ordered: Sequence[Update]) -> set[str]:
    """The names of values that depend on the parameter, the gradient, tensor states or inputs."""
    found = {theta.name, *(s.name for s in spec.states if not s.shape.on_host)}
    found |= {i.name for i in spec.inputs}  # which nobody chooses, as a tensor's numbers
    for update in ordered:
        if depends(update.value, found):
            found.add(update.target.name)
    return found


def depends(expression: Basic, names: set[str]) -> bool:
    """Whether an expression reads the gradient or a value of one of the names."""
    return any(
        isinstance(n, GradientAt) or (isinstance(n, Value) and n.name in names)
        for n in nodes(expression)
    )


def describe(
    point: Point, expression: Basic, ordered: Sequence[Update], conditions: Sequence[Basic] = ()
) -> str:
    """The point in words, as far as an expression depends on it."""
    equations = {u.target.name: u.value for u in ordered}
    inputs = point.stored.keys() - equations.keys()
    pending: list[Basic] = [expression, *conditions]
    read: dict[Basic, None] = {}
    while pending:
        for node in nodes(pending.pop()):
            if isinstance(node, Value) and node.lag == 0 and node.name in equations:
                pending.append(equations.pop(node.name))
            read[node] = None
    words = [f"{s} = {_number(x)}" for s, x in point.hyper.items() if s in read]
    words += [f"t = {point.step}"] if t in read else []
    for node in read:
        if isinstance(node, Value) and (node.lag or node.name in inputs):
            words.append(f"{node} = {_number(point.stored[node.name])}".replace("t - 1", "t-1"))
        elif isinstance(node, GradientAt):
            words.append(f"{node} = {_number(point.stored[GRADIENT])}".replace("t - 1", "t-1"))
    return ", ".join(dict.fromkeys(words))


def _number(x: Fraction) -> str:
    return str(x) if x.denominator < 10**4 else intervals.short(x)
