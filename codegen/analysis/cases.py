"""The cases in which a step takes one course: options on or off, hyperparameters zero or not.

What exists and what is computed in a step is decided by flags, by hyperparameters being
zero, by the step being the first, and by the shape of the parameter. A check that enumerates those
few cases sees every course a step can take, and none that constraints rule out. Shapes stand for
all of their kind, which a condition may tell apart by another length than theirs: there a check
sees less.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product

from sympy import Basic, Integer, Piecewise, Symbol
from sympy.core.relational import Relational

from ...specs.language import (
    FACTS,
    Fact,
    Hyper,
    Optimizer,
    Schedule,
    State,
    Update,
    Value,
    t,
)
from ...specs.language.occurrences import conditions, counts_steps, nodes, pairs
from ...specs.language.shapes import facts
from . import intervals
from .conditions import Truth, truth
from .intervals import NONZERO, ZERO, Range

SHAPES = ((), (3,), (2, 2), (2, 3), (3, 2), (2, 3, 2), (2, 2, 2, 3))
"""A number, a vector, matrices of each proportion, a batch of them, the kernel of a convolution."""


@dataclass(frozen=True)
class Case:
    """One course a step can take.

    Args:
        spec: the spec.
        flags: which options are on; those that decide nothing are absent.
        zero: which hyperparameters are zero, of those that are by default (which switches
            terms off) or that conditions compare.
        first: whether it is the first step; None where that decides nothing.
        shape: of the parameter; None where that decides nothing.
    """

    spec: Optimizer | Schedule
    flags: Mapping[Symbol, bool]
    zero: Mapping[Symbol, bool]
    first: bool | None
    shape: tuple[int, ...] | None = None

    @cached_property
    def facts(self) -> Mapping[str, int]:
        """What is known of the parameter's shape, by name."""
        return {} if self.shape is None else facts(self.shape)

    @cached_property
    def steps(self) -> Range:
        """What t can be."""
        low, high = {None: (1, None), True: (1, 1), False: (2, None)}[self.first]
        return Range(Fraction(low), intervals.REAL.high if high is None else Fraction(high))

    @cached_property
    def admissible(self) -> dict[Basic, Range]:
        """What each hyperparameter can be, by its domain and this case."""
        ranges: dict[Basic, Range] = {}
        for hyper in self.spec.hyperparameters:
            domain = intervals.over(hyper.domain)
            if hyper.symbol in self.zero:
                domain = ZERO if self.zero[hyper.symbol] else domain.meet(NONZERO) or domain
            ranges[hyper.symbol] = domain
        return ranges

    @cached_property
    def inside(self) -> dict[Basic, Range]:
        """The same without the ends of the domains."""
        ranges: dict[Basic, Range] = {}
        for hyper in self.spec.hyperparameters:
            allowed = self.admissible[hyper.symbol]
            opened = replace(hyper.domain, low_open=True, high_open=True)
            ranges[hyper.symbol] = intervals.over(opened).meet(allowed) or allowed
        return ranges

    @cached_property
    def chosen(self) -> dict[Basic, Range]:
        """Each hyperparameter at its default, or where this case forbids that, all it can be.

        Of a schedule, which most are required of, all they can be.
        """
        if isinstance(self.spec, Schedule):
            return self.admissible
        ranges: dict[Basic, Range] = {}
        for hyper in self.spec.hyperparameters:
            allowed = self.admissible[hyper.symbol]
            ranges[hyper.symbol] = intervals.point(Fraction(hyper.default)).meet(allowed) or allowed
        return ranges

    def decide(self, condition: Basic) -> Truth:
        """Whether a condition holds throughout this case; None where it depends on more."""
        return truth(condition, self._range, lambda flag: self.flags.get(flag))

    def _range(self, e: Basic) -> Range:
        if e == t:
            return self.steps
        if e.is_Rational:
            return intervals.point(Fraction(str(e)))
        if self.facts and e.free_symbols and e.atoms(Fact) == e.free_symbols:
            return intervals.point(Fraction(str(e.xreplace(self._lengths))))
        return self.admissible.get(e, intervals.REAL)

    @cached_property
    def _lengths(self) -> dict[Basic, Basic]:
        return {fact: Integer(self.facts[fact.name]) for fact in FACTS}

    def exists(self, state: State) -> bool:
        """Whether a state may exist in this case."""
        return self.decide(state.when) is not False

    def branches(self, distinction: Piecewise) -> Iterator[tuple[Basic, Basic]]:
        """The (value, condition) pairs of a case distinction that can be reached."""
        for value, condition in pairs(distinction):
            decided = self.decide(condition)
            if decided is not False:
                yield value, condition
            if decided is True:
                return

    def reads(self, e: Basic) -> Iterator[Value]:
        """The values an expression reads in this case."""
        if isinstance(e, Value):
            yield e
        elif isinstance(e, Piecewise):
            for value, condition in self.branches(e):
                yield from self.reads(value)
                if self.decide(condition) is None:
                    yield from self.reads(condition)
        else:
            for argument in e.args:
                yield from self.reads(argument)

    def live(self) -> dict[str, Update]:
        """The equations this case carries out: what the results and the states need."""
        equations = {u.target.name: u for u in self.spec.updates}
        gone = {s.name for s in self.spec.states if not self.exists(s)}
        pending = [name for name in self.spec.results if name not in gone]
        live: dict[str, Update] = {}
        while pending:
            name = pending.pop()
            if name in equations and name not in live:
                live[name] = equations[name]
                pending += [v.name for v in self.reads(equations[name].value) if v.lag == 0]
        return {name: u for name, u in equations.items() if name in live}

    def describe(self, symbols: set[Basic]) -> str:
        """The case in words, as far as it concerns the given symbols."""
        words = [
            f"{flag.name} is {'on' if on else 'off'}"
            for flag, on in self.flags.items()
            if flag in symbols
        ]
        words += [
            f"{symbol.name} {'=' if zero else '!='} 0"
            for symbol, zero in self.zero.items()
            if symbol in symbols
        ]
        words += [
            f"{fact.name} = {self.facts[fact.name]}"
            for fact in FACTS
            if fact in symbols and self.facts
        ]
        return " and ".join(words) or "always"


def cases(spec: Optimizer | Schedule) -> Iterator[Case]:
    """All cases of a spec that its constraints do not rule out."""
    firsts, flags, zeroed, shapes = _distinctions(spec)
    for first, shape, on, zero in product(firsts, shapes, _choices(flags), _choices(zeroed)):
        case = Case(spec, on, zero, first, shape)
        if _chooses_once(spec, on) and all(
            case.decide(c.condition) is not False for c in spec.constraints
        ):
            yield case


def count(spec: Optimizer | Schedule) -> int:
    """How many cases there are, those included that constraints rule out; none is made."""
    firsts, flags, zeroed, shapes = _distinctions(spec)
    return len(firsts) * len(shapes) * 2 ** (len(flags) + len(zeroed))


def _distinctions(
    spec: Optimizer | Schedule,
) -> tuple[
    Sequence[bool | None], Sequence[Symbol], Sequence[Symbol], Sequence[tuple[int, ...] | None]
]:
    """What the cases of a spec differ in: the first step, flags, what can be zero, and shapes."""
    deciding = [c for u in spec.updates for c in conditions(u.value)]
    deciding += [s.when for s in spec.states]
    symbols = {n for c in deciding for n in nodes(c) if isinstance(n, Symbol)}
    compared = {
        n for c in deciding for r in c.atoms(Relational) for n in nodes(r) if isinstance(n, Symbol)
    }
    flags = [flag for flag in spec.flags if flag in symbols]
    zeroed = [
        h.symbol
        for h in spec.hyperparameters
        if _holds_zero(h) and (h.symbol in compared or _is_zero(h.default))
    ]
    fresh = any(s.init is None for s in spec.states)
    firsts = (True, False) if fresh or any(map(counts_steps, deciding)) else (None,)
    return firsts, flags, zeroed, SHAPES if symbols & {*FACTS} else (None,)


def _choices(symbols: Sequence[Symbol]) -> Iterator[dict[Symbol, bool]]:
    for choice in product((False, True), repeat=len(symbols)):
        yield dict(zip(symbols, choice, strict=True))


def _is_zero(default: str) -> bool:
    return default != "" and Fraction(default) == 0


def _chooses_once(spec: Optimizer | Schedule, on: Mapping[Symbol, bool]) -> bool:
    """Whether of each choice at most one word holds, and one where all of them decide."""
    for choice in spec.choices:
        chosen = [on[flag] for flag in choice.flags.values() if flag in on]
        if sum(chosen) > 1 or (len(chosen) == len(choice.words) and not any(chosen)):
            return False
    return True


def _holds_zero(hyper: Hyper) -> bool:
    return intervals.over(hyper.domain).meet(ZERO) is not None
