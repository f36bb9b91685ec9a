"""The range of an expression, and the operations in it that its operands do not allow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Integer,
    Max,
    Min,
    Mul,
    Not,
    Piecewise,
    Pow,
    S,
    Symbol,
    atan,
    atan2,
    cos,
    erf,
    exp,
    floor,
    log,
    pi,
    sin,
    sympify,
    tanh,
)
from sympy import Mod as Modulo
from sympy import sign as sign_of
from sympy.core.relational import Relational

from ...specs.language import (
    Fact,
    GradientAt,
    Value,
    amax,
    clip,
    completed_cycles,
    descending,
    diagonal,
    eigenvectors,
    global_amax,
    global_norm,
    global_total,
    leading,
    lerp,
    machine_epsilon,
    mean,
    ndim,
    norm,
    one_minus_power,
    passed,
    qr,
    size,
    step,
    stored,
    t,
    theta,
    total,
    transpose,
)
from ...specs.language.occurrences import nodes, pairs
from . import intervals
from .cases import Case
from .conditions import implied, multiple
from .intervals import Range

_COUNT = Range(Fraction(0), intervals.REAL.high)
_LENGTH = Range(Fraction(1), intervals.REAL.high)
_EPSILON = Range(Fraction(1, 2**52), Fraction(1, 2**7))
"""Of float64, and of bfloat16."""
_FUNCTIONS = {
    Abs: intervals.absolute,
    sign_of: intervals.sign,
    exp: intervals.exponential,
    tanh: intervals.hyperbolic_tangent,
    erf: intervals.error_function,
    cos: intervals.cosine,
    sin: intervals.sine,
    floor: intervals.floor,
}
_CONSTANTS = {
    pi: Range(Fraction(3), Fraction(4)),
    S.Infinity: intervals.REAL,  # only of what is compared: a metric's first best
    S.NegativeInfinity: intervals.REAL,
}


@dataclass(frozen=True)
class Hazard:
    """An operation whose operand can take a value it is not defined for.

    Args:
        kind: ``"division"``, ``"root"`` or ``"logarithm"``.
        operand: the denominator, or what the root or logarithm is taken of.
        range: what it can be.
        example: a point of the declared domains at which it is, in words; empty where the
            defaults are one.
    """

    kind: str
    operand: Basic
    range: Range
    example: str = ""

    @property
    def seen(self) -> str:
        """What shows it, in words."""
        return f"it is at {self.example}" if self.example else f"it ranges over {self.range}"

    @property
    def key(self) -> tuple[str, Basic]:
        return self.kind, self.operand


def is_defined(kind: str, operand: Range) -> bool:
    """Whether an operation is defined for all that its operand can be."""
    match kind:
        case "division":
            return operand.excludes_zero
        case "root":
            return operand.low >= 0
    return operand.positive


@dataclass
class Evaluator:
    """Ranges of expressions in one case of a spec; ``hazards`` collects what it meets.

    Args:
        case: the case.
        hyper: the range of each hyperparameter.
        stored: the range of each state's stored value.
        computed: the range of each value at t, as far as they are computed.
        is_whole: whether an expression is known to be a whole number.
    """

    case: Case
    hyper: Mapping[Basic, Range]
    stored: Mapping[str, Range]
    computed: dict[str, Range]
    is_whole: Callable[[Basic], bool] = lambda _: False
    hazards: list[Hazard] = field(default_factory=list)
    _known: list[tuple[Basic, Range]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for question, holds in self.case.held.items():
            self._known += implied(question if holds else Not(question), self.range)
        self.hazards.clear()  # where a question is asked, it is seen whether it can be

    def range(self, e: Basic) -> Range:
        """What an expression can be."""
        found = self._structural(e)
        for expression, bound in self._known:
            if (factor := multiple(e, expression)) is not None:
                bound = intervals.multiply(intervals.point(factor), bound)
                # A condition on a hyperparameter may ask for another value than its default.
                allowed = self.case.admissible.get(e, found)
                found = found.meet(bound) or allowed.meet(bound) or found
        if found.nonzero and found.low == 0 and self.is_whole(e):
            return Range(Fraction(1), found.high)
        return found

    def _structural(self, e: Basic) -> Range:
        match e:
            case Value():
                return self._value(e)
            case Symbol() if e == t:
                return self.steps()
            case Symbol() if e == step:
                return _COUNT
            case Symbol() if e == machine_epsilon:
                return _EPSILON
            case Fact():
                return _COUNT if e == ndim else _LENGTH
            case Symbol():
                return self.hyper.get(e, intervals.REAL)
            case _ if e in _CONSTANTS:
                return _CONSTANTS[e]
            case Piecewise():
                return self._piecewise(e)
            case Pow():
                return self._power(e)
            case Expr() if e.is_Rational:
                return intervals.of_rational(e)
        return self._function(e, [self.range(a) for a in e.args])

    def steps(self) -> Range:
        """What t can be."""
        return self.case.steps

    def require(self, kind: str, operand: Basic, found: Range) -> None:
        """Meets an operation, which is a hazard unless it is defined for all its operand can be."""
        if not is_defined(kind, found):
            self.hazards.append(Hazard(kind, operand, found))

    def _function(self, e: Basic, ranges: list[Range]) -> Range:
        match e:
            case Add():
                return reduce(intervals.add, ranges)
            case Mul():
                return reduce(intervals.multiply, ranges)
            case Max():
                return reduce(intervals.maximum, ranges)
            case Min():
                return reduce(intervals.minimum, ranges)
            case Abs() | sign_of() | exp() | tanh() | erf() | cos() | sin() | floor():
                return _FUNCTIONS[e.func](ranges[0])
            case atan2():
                return intervals.angle(*ranges)
            case atan():
                return intervals.angle(ranges[0], intervals.point(1))
            case Modulo():
                self.require("division", e.args[1], ranges[1])
                return intervals.modulo(*ranges)
            case passed() | size() | completed_cycles():
                return _COUNT
            case log():
                return self._logarithm(e, ranges[0])
            case lerp():
                start, end, weight = ranges
                rest = intervals.add(intervals.point(1), intervals.negate(weight))
                return intervals.add(
                    intervals.multiply(rest, start), intervals.multiply(weight, end)
                )
            case clip():
                value, lower, upper = ranges
                return intervals.minimum(intervals.maximum(value, lower), upper)
            case stored():
                return intervals.rounded(ranges[0])
            case one_minus_power():
                power = self._raised(e.args[0], e.args[1])
                return intervals.add(intervals.point(1), intervals.negate(power))
            case norm() | global_norm():
                return Range(Fraction(0), intervals.REAL.high, ranges[0].excludes_zero)
            case mean() | amax() | global_amax() | transpose() | diagonal() | descending():
                return ranges[0]
            case leading():
                return ranges[0]
            case eigenvectors() | qr():
                return Range(Fraction(-1), Fraction(1))
            case total() | global_total():
                return intervals.multiply(ranges[0], _LENGTH)
        return intervals.REAL  # the gradient, and matrix products

    def _value(self, e: Value) -> Range:
        if e.lag == 0:
            return self.computed.get(e.name, intervals.REAL)
        return intervals.REAL if e.name == theta.name else self.stored.get(e.name, intervals.REAL)

    def _piecewise(self, e: Piecewise) -> Range:
        """The join over the branches, each under its condition and the negations before it."""
        outer = len(self._known)
        reached: list[Range] = []
        for value, condition in pairs(e):
            if self.case.is_asked(condition):
                self._examine(condition)
            decided = self.case.decide(condition)
            if decided is False:
                continue
            before = len(self._known)
            bounds = implied(condition, self.range)
            if any(map(self._contradicts, bounds)):
                continue
            self._known += bounds
            reached.append(self.range(value))
            del self._known[before:]
            if decided is True:
                break
            bounds = implied(Not(condition), self.range)
            if any(map(self._contradicts, bounds)):
                break
            self._known += bounds
        del self._known[outer:]
        return reduce(intervals.Range.join, reached) if reached else intervals.REAL

    def _contradicts(self, bound: tuple[Basic, Range]) -> bool:
        """Whether no hyperparameters of this case are as a condition says."""
        expression, allowed = bound
        if any(isinstance(n, Value | GradientAt) for n in nodes(expression)):
            return False
        everywhere = Evaluator(self.case, self.case.admissible, {}, {}, self.is_whole)
        return everywhere.range(expression).meet(allowed) is None

    def _examine(self, condition: Basic) -> None:
        """Meets the hazards in what a condition compares."""
        for node in nodes(condition):
            if isinstance(node, Relational):
                self.range(node.lhs)
                self.range(node.rhs)

    def _power(self, e: Pow) -> Range:
        return self._raised(e.base, e.exp)

    def _raised(self, base: Basic, exponent: Basic) -> Range:
        below = self.range(base)
        if isinstance(exponent, Integer):
            if exponent < 0:
                self.require("division", sympify(base) ** -exponent, below)
            return intervals.integer_power(below, int(exponent))
        above = self.range(exponent)
        if above.low < 0:
            self.require("division", base, below)
        if exponent.is_integer and below.low < 0:
            largest = intervals.power(intervals.absolute(below), above).high
            return Range(-largest, largest)
        self.require("root", base, below)
        if below.low < 0:
            below = below.meet(Range(Fraction(0), intervals.REAL.high)) or intervals.point(1)
        return intervals.power(below, above)

    def _logarithm(self, e: Basic, operand: Range) -> Range:
        self.require("logarithm", e.args[0], operand)
        return intervals.logarithm(operand)
