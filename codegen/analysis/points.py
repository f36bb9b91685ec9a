"""One step at one point: every hyperparameter, state, gradient and t a number.

The evaluation is that of ranges, on ranges of one number each, so that every condition is
decided and every operand known. A tensor is taken to have one element.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from sympy import Basic, Piecewise

from ...specs.language import (
    Fact,
    GradientAt,
    Update,
    Value,
    amax,
    descending,
    diagonal,
    eigenvalues,
    eigenvectors,
    global_amax,
    global_norm,
    global_total,
    iterate,
    leading,
    lower,
    machine_epsilon,
    matmul,
    mean,
    norm,
    qr,
    theta,
    total,
    trace,
    transpose,
)
from ...specs.language.occurrences import pairs
from . import intervals
from .cases import Case
from .conditions import Truth, truth
from .intervals import Range
from .ranges import Evaluator

GRADIENT = "grad"

Key = tuple[str, str, Basic]
"""The name of the value that an operation is part of, its kind, and its operand."""


@dataclass(frozen=True)
class Point:
    """The numbers of one step.

    Args:
        hyper: by symbol.
        step: t.
        stored: of the parameter, the gradient, the states and the inputs, by name.
    """

    hyper: Mapping[Basic, Fraction]
    step: int
    stored: Mapping[str, Fraction]

    @cached_property
    def ranges(self) -> tuple[dict[Basic, Range], dict[str, Range]]:
        """The same numbers as ranges: of hyperparameters, and of what is stored."""
        hyper = {symbol: intervals.point(x) for symbol, x in self.hyper.items()}
        return hyper, {name: intervals.point(x) for name, x in self.stored.items()}

    def towards(self, other: "Point", part: Fraction) -> "Point":
        """The point at a part of the way to another of the same step."""
        hyper = {key: x + part * (other.hyper[key] - x) for key, x in self.hyper.items()}
        stored = {key: x + part * (other.stored[key] - x) for key, x in self.stored.items()}
        return Point(hyper, self.step, stored)


@dataclass(frozen=True)
class Outcome:
    """What came of a step.

    Args:
        operands: of what is not defined everywhere.
        values: the new ones.
        is_of_case: whether all comparisons that the case settles are as it settles them.
    """

    operands: Mapping[Key, Range]
    values: Mapping[str, Range]
    is_of_case: bool


def step_at(case: Case, ordered: Sequence[Update], point: Point) -> Outcome:
    """One step's equations, those given."""
    return _evaluated(case, [(u.target.name, u.value) for u in ordered], point)


def initial_at(case: Case, point: Point) -> Outcome:
    """The first values of the states that exist."""
    states = [s for s in case.spec.states if s.init is not None and case.exists(s)]
    given = [(s.name, s.init) for s in states if isinstance(s.init, Basic)]
    return _evaluated(case, given, point)


def is_admissible(case: Case, point: Point) -> bool:
    """Whether the point meets the constraints of the spec."""
    evaluator = _evaluator(case, point, {})
    return all(evaluator.holds(c.condition) is not False for c in case.spec.constraints)


@dataclass
class _AtPoint(Evaluator):
    gradient: Range = intervals.ZERO
    step: Range = intervals.ZERO
    operands: list[tuple[str, Basic, Range]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Nothing is known but by the numbers."""

    def range(self, e: Basic) -> Range:
        if isinstance(e, GradientAt):
            return self.gradient
        if e == machine_epsilon:
            return intervals.point(Fraction(1, 2**23))
        if isinstance(e, Fact):
            return intervals.point(self.case.facts.get(e.name, 1))
        if isinstance(e, Value) and e.lag and e.name == theta.name:
            return self.stored[theta.name]
        return self._structural(e)

    def steps(self) -> Range:
        return self.step

    def require(self, kind: str, operand: Basic, found: Range) -> None:
        self.operands.append((kind, operand, found))

    def holds(self, condition: Basic) -> Truth:
        return truth(condition, self.range, self.case.flags.get)

    def _function(self, e: Basic, ranges: list[Range]) -> Range:
        match e:
            case norm() | global_norm():
                return intervals.absolute(ranges[0])
            case mean() | total() | amax() | transpose() | trace():
                return ranges[0]
            case eigenvalues() | diagonal() | descending() | leading() | lower():
                return ranges[0]
            case eigenvectors() | qr():
                return intervals.point(Fraction(1))
            case global_total() | global_amax():
                return ranges[0]
            case iterate():
                return ranges[1]  # as of no rounds
            case matmul():
                return intervals.multiply(*ranges)
        return super()._function(e, ranges)

    def _piecewise(self, e: Piecewise) -> Range:
        for value, condition in pairs(e):
            if self.case.is_asked(condition):
                self._examine(condition)
            if self.holds(condition) is not False:
                return self.range(value)
        return intervals.REAL


def _evaluator(case: Case, point: Point, computed: dict[str, Range]) -> _AtPoint:
    hyper, stored = point.ranges
    step = intervals.point(point.step)
    return _AtPoint(case, hyper, stored, computed, gradient=stored[GRADIENT], step=step)


def _evaluated(case: Case, equations: Sequence[tuple[str, Basic]], point: Point) -> Outcome:
    operands: dict[Key, Range] = {}
    computed = {i.name: point.ranges[1][i.name] for i in case.spec.inputs}
    evaluator = _evaluator(case, point, computed)
    for name, value in equations:
        computed[name] = evaluator.range(value)
        operands |= {(name, kind, e): found for kind, e, found in evaluator.operands}
        evaluator.operands.clear()
    held = case.held.items()
    is_of_case = all(evaluator.holds(question) in (None, answer) for question, answer in held)
    return Outcome(operands, computed, is_of_case)
