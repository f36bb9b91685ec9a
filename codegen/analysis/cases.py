"""One case of a step: what of all that steps differ in is settled, and what follows from that.

A *distinction* is something in which steps differ so that another course is taken: whether an
option is on, a hyperparameter zero, the step the first, a condition that is the same for all
tensors true; and the shape of the parameter. A case settles some of them and leaves the others
open: it stands for all steps that are so. Shapes stand for all of their kind, which a condition may
tell apart by another length than theirs: there a check sees less.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from fractions import Fraction
from functools import cached_property
from typing import Any, cast

from sympy import Basic, Expr, Integer, Piecewise, Symbol
from sympy.core.relational import Relational

from ...specs.language import (
    FACTS,
    Fact,
    Optimizer,
    Schedule,
    State,
    Value,
    t,
)
from ...specs.language.occurrences import pairs
from ...specs.language.shapes import facts
from . import intervals
from .conditions import Truth, asked, truth
from .intervals import NONZERO, ZERO, Range

SHAPES = ((), (3,), (2, 2), (2, 3), (3, 2), (2, 3, 2), (2, 2, 2, 3))
"""A number, a vector, matrices of each proportion, a batch of them, the kernel of a convolution."""


class Kind(Enum):
    """What a distinction is by. Each has its choices."""

    FIRST = auto()
    """Whether the step is the first."""
    SHAPE = auto()
    """The shape of the parameter: one of :data:`SHAPES`."""
    FLAG = auto()
    """Whether an option is on."""
    ZERO = auto()
    """Whether a hyperparameter is zero."""
    HELD = auto()
    """Which comparison, of those of which one can hold, holds of numbers that all tensors of a step
    have in common."""


@dataclass(frozen=True)
class Distinction:
    """Something in which steps differ.

    Args:
        kind: what it is by.
        of: the option, the hyperparameter's symbol, or what is compared.
        questions: the comparisons of which one holds, or none.
    """

    kind: Kind
    of: Basic | None = None
    questions: tuple[Relational, ...] = ()

    @property
    def choices(self) -> tuple[Any, ...]:
        match self.kind:
            case Kind.SHAPE:
                return SHAPES
            case Kind.HELD:
                return *self.questions, None
            case Kind.FIRST:
                return True, False
        return False, True


FIRST = Distinction(Kind.FIRST)
SHAPE = Distinction(Kind.SHAPE)


@dataclass(frozen=True, eq=False)
class Case:
    """All steps in which some distinctions are settled as here.

    Args:
        spec: the spec.
        settled: what is chosen, by distinction.
    """

    spec: Optimizer | Schedule
    settled: Mapping[Distinction, Any]

    def _by(self, kind: Kind) -> dict[Any, Any]:
        return {d.of: choice for d, choice in self.settled.items() if d.kind is kind}

    @cached_property
    def flags(self) -> Mapping[Symbol, bool]:
        """Which options are on."""
        return self._by(Kind.FLAG)

    @cached_property
    def zero(self) -> Mapping[Symbol, bool]:
        """Which hyperparameters are zero."""
        return self._by(Kind.ZERO)

    @cached_property
    def held(self) -> Mapping[Basic, bool]:
        """Which comparisons hold, as :func:`.conditions.asked` gives them."""
        return {q: q == choice for d, choice in self.settled.items() for q in d.questions}

    @property
    def first(self) -> bool | None:
        """Whether it is the first step."""
        return self.settled.get(FIRST)

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Of the parameter."""
        return self.settled.get(SHAPE)

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
        if condition not in self._decided:
            self._decided[condition] = self._decide(condition)
        return self._decided[condition]

    def _decide(self, condition: Basic) -> Truth:
        if self.first and t in condition.free_symbols:
            # With the number in its place more is known: what is left of 0 by a division.
            at_first = condition.xreplace({t: Integer(1)})
            if (found := truth(at_first, self._range, self.flags.get)) is not None:
                return found
        answers = self._answer if self.held else None
        return truth(condition, self._range, self.flags.get, answers)

    @cached_property
    def _decided(self) -> dict[Basic, Truth]:
        """Of conditions asked for before: each is asked at every point that is tried."""
        return {}

    def is_asked(self, condition: Basic) -> bool:
        """Whether a step has to look whether it holds: by values, which a case may settle."""
        return truth(condition, self._range, self.flags.get) is None

    def _answer(self, condition: Relational) -> Truth:
        question, as_asked = asked(condition)
        answer = self.held.get(question)
        return None if answer is None else answer is as_asked

    def _range(self, e: Basic) -> Range:
        if e == t:
            return self.steps
        if e.is_Rational:
            return intervals.of_rational(e)
        if self.facts and e.free_symbols and e.atoms(Fact) == e.free_symbols:
            return _of_number(e.xreplace(self._lengths))
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
            for value, condition in pairs(e):
                if self.is_asked(condition):
                    yield from self.reads(condition)
                decided = self.decide(condition)
                if decided is not False:
                    yield from self.reads(value)
                if decided is True:
                    break
        else:
            for argument in e.args:
                yield from self.reads(argument)

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


_DIGITS = 40


def _of_number(e: Basic) -> Range:
    """The range of a number, such as the root of a length."""
    if e.is_Rational:
        return intervals.of_rational(e)
    if not e.is_comparable:  # the logarithm of 0, say
        return intervals.REAL
    found = Fraction(str(cast(Expr, e).evalf(_DIGITS)))
    off = max(abs(found), Fraction(1)) / 10 ** (_DIGITS // 2)
    return Range(found - off, found + off)
