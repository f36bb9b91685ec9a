"""SymPy expressions of a spec on exact numbers: a scalar is a number, a tensor an array of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from functools import reduce
from typing import cast

import numpy as np
from sympy import (
    Add,
    Basic,
    Expr,
    Max,
    Min,
    Mul,
    NumberSymbol,
    Piecewise,
    Pow,
    Rational,
    S,
    Symbol,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, BooleanFalse, BooleanTrue, Implies, Not, Or

from ...specs.language import (
    GradientAt,
    SpecError,
    Value,
    basis,
    identity,
    iterate,
    stored,
)
from ...specs.language import t as step_symbol
from ...specs.language.decompositions import Decomposition
from ...specs.language.heads import Head
from ...specs.language.over_tensors import OverTensors
from ...specs.language.reductions import Reduction
from ...specs.language.shapes import ONE as ONE_COLUMN
from . import arrays, exact, factors
from .arrays import Array, Quantity, elementwise, spread
from .exact import ONE, Number, fmpq
from .factors import Factored
from .formats import COARSEST, Format
from .meanings import (
    AXES,
    CONSTANTS,
    FUNCTIONS,
    OVER_TENSORS,
    REDUCTIONS,
    RELATIONS,
    axes_of,
)

_add = elementwise(exact.add, 2)
_multiply = elementwise(exact.multiply, 2)
_divide = elementwise(exact.divide, 2)
_power = elementwise(exact.power, 2)
_square_root = elementwise(exact.square_root, 1)
_maximum = elementwise(exact.maximum, 2)
_minimum = elementwise(exact.minimum, 2)
_select = elementwise(lambda test, chosen, other: chosen if test else other, 3)

_both = elementwise(lambda a, b: a and b, 2)
_either = elementwise(lambda a, b: a or b, 2)
_opposite = elementwise(lambda a: not a, 1)


class Equations:
    """The equations of one step, each evaluated when its value is asked for, and once.

    Args:
        name: the spec's name, for errors.
        symbols: the values of hyperparameters, options and t.
        stored: the values from before the step, by the name of their series.
        updates: the equations: right-hand sides by target.
        gradient: the gradient at a point, told whether that is the stored parameter.
        known: other values that are known, of series at a time.
        together: the equations of all tensors that are updated together, these among them; None
            for a tensor by itself.
        form: the format that tensors are stored in.
        shape: of the parameter, as the rule sees it.
        shared: the names of what is one for all tensors, and evaluated by the first.
        given: factors of decompositions to go on with, by the name of the state that takes one.

    Attributes:
        factored: of what is evaluated, the states that have taken a factor, and what it is of.
    """

    def __init__(
        self,
        name: str,
        *,
        symbols: Mapping[Basic, Number | bool],
        stored: Mapping[str, Quantity] | None = None,
        updates: Mapping[Value, Expr] | None = None,
        gradient: Callable[[Quantity, bool], Quantity] | None = None,
        known: Mapping[Basic, Quantity] | None = None,
        together: Sequence["Equations"] | None = None,
        form: Format = COARSEST,
        shape: Sequence[int] = (),
        shared: Collection[str] = (),
        given: Mapping[str, Array] | None = None,
    ) -> None:
        self._name = name
        self._stored = stored or {}
        self._updates = updates or {}
        self._gradient = gradient
        self._together = together
        self.shape = tuple(shape)
        self._shared = shared
        self._in_storage = elementwise(form.round, 1)
        self._known: dict[Basic, Quantity] = {**symbols, **(known or {})}
        self._underway: list[Value] = []
        self._given = given or {}
        self.factored: dict[str, Factored] = {}

    def holds(self, condition: Basic) -> bool:
        """The truth of a condition on hyperparameters, options and t."""
        return bool(self._condition(condition))

    def value(self, expression: Basic) -> Quantity:
        if expression not in self._known:
            self._known[expression] = self._evaluate(expression)
        return self._known[expression]

    def _evaluate(self, e: Basic) -> Quantity:
        match e:
            case Rational():
                return fmpq(int(e.p), int(e.q))
            case Value():
                return self._at_time(e)
            case GradientAt():
                if self._gradient is None:
                    raise self._unreadable(e, "a gradient is known within a step only")
                return self._gradient(self.value(e.point), _is_stored_parameter(e.point))
            case Add():
                return reduce(_add, map(self.value, e.args))
            case Mul():
                return self._product(e)
            case Pow():
                return self._power(e)
            case Max() | Min():
                chosen = _maximum if isinstance(e, Max) else _minimum
                return reduce(chosen, map(self.value, e.args))
            case Piecewise():
                return self._cases(list(e.args))
            case Reduction():
                return REDUCTIONS[type(e)](self._tensor(e.args[0]), axes_of(e.over))
            case iterate():
                return self._iterated(e)
            case Decomposition() if e.is_factor:
                return self._factor(e)
            case identity():
                return arrays.identity(self.shape, AXES[e.args[0]])
            case stored():
                return self._in_storage(self.value(e.args[0]))
            case OverTensors():
                return self._over_tensors(e)
            case Symbol():
                raise self._unreadable(e, "it is no hyperparameter, option or step of this spec")
            case NumberSymbol():
                return self._constant(e)
            case _ if e in (S.Infinity, S.NegativeInfinity):
                return exact.INFINITY if e == S.Infinity else exact.negate(exact.INFINITY)
        if isinstance(e, Head) and e.category == "matrix":
            return FUNCTIONS[type(e)](*map(self._tensor, e.args))
        if function := FUNCTIONS.get(type(e)):
            return function(*map(self.value, e.args))
        raise NotImplementedError(f"no exact value for {type(e).__name__}: {e}")

    def _tensor(self, e: Basic) -> Quantity:
        """What a head goes over: a number that a step has in place of a tensor is one each."""
        return self.value(e) if e in (basis, ONE_COLUMN) else spread(self.value(e), self.shape)

    def _iterated(self, e: iterate) -> Quantity:
        rounds, x = self.value(e.rounds), self._tensor(e.start)
        for _ in range(int(rounds)):
            within = copy(self)
            within._known = {**self._known, e.iterand: x}
            x = arrays.settled(within.value(e.result))
        return x

    def _factor(self, e: Decomposition) -> Quantity:
        """The factor that is given, or one of its own: any will do, and it is the state's value."""
        matrix, *count = map(self.value, e.args)
        state = self._underway[-1].name
        assert isinstance(matrix, np.ndarray)
        if factors.is_decomposed(matrix):
            self.factored[state] = Factored(type(e).__name__, matrix, *count)
            if state in self._given:
                return self._given[state]
        return FUNCTIONS[type(e)](matrix, *count)

    def _over_tensors(self, e: OverTensors) -> Quantity:
        """What goes over all tensors: once, for whichever of them asks."""
        together = self._together or [self]
        if together[0] is not self:
            return together[0].value(e)
        reduce = OVER_TENSORS[type(e)]
        values = [tensor.value(e.args[0]) for tensor in together]
        there = [x for x in values if not isinstance(x, np.ndarray) or x.size]
        each = [*map(reduce, there)]  # the largest, too, is of elements that there are
        return reduce(arrays.object_array(each, (len(each),)))

    def _constant(self, e: NumberSymbol) -> Quantity:
        if e in CONSTANTS:
            return CONSTANTS[e]
        algebraic = e.expand(func=True)  # the golden ratio, say
        if algebraic == e:
            raise NotImplementedError(f"no exact value for {e}")
        return self.value(algebraic)

    def _at_time(self, value: Value) -> Quantity:
        if value.lag == 1 and value.name in self._stored:
            return self._stored[value.name]
        if value.lag != 0 or value not in self._updates:
            raise self._unreadable(value, "it has no value at this step")
        if value.name in self._shared and self._together and self._together[0] is not self:
            return self._together[0].value(value)
        if value in self._underway:
            raise self._unreadable(value, "its equation depends on itself")
        self._underway.append(value)
        result = self.value(self._updates[value])
        self._underway.pop()
        return result

    def _product(self, e: Mul) -> Quantity:
        """Numbers first, then arrays, then one division: far fewer operations on elements.

        The grouping changes nothing: an exact product is NaN for 0 times infinity (1/0 and
        1/infinity among them) in whatever order.
        """
        above: list[Quantity] = []
        below: list[Quantity] = []
        for factor in e.args:
            if isinstance(factor, Pow) and factor.exp.is_number and factor.exp.is_negative:
                below.append(self.value(Pow(factor.base, -factor.exp)))
            else:
                above.append(self.value(factor))
        result = arrays.product(above)
        return _divide(result, arrays.product(below)) if below else result

    def _power(self, e: Pow) -> Quantity:
        if e.exp.is_number and e.exp.is_negative:
            return _divide(ONE, self.value(Pow(e.base, -e.exp)))
        base = self.value(e.base)
        if e.exp == S.Half:
            return _square_root(base)
        return _multiply(base, base) if e.exp == 2 else _power(base, self.value(e.exp))

    def _cases(self, cases: list[Basic]) -> Quantity:
        """The first case whose condition holds, for the step or for each element.

        A case that the step as a whole does not take is not evaluated.
        """
        if not cases:
            return exact.NAN
        value, condition = cases[0].args
        test = self._condition(condition)
        if not isinstance(test, np.ndarray):
            return self.value(value) if test else self._cases(cases[1:])
        return _select(test, self.value(value), self._cases(cases[1:]))

    def _condition(self, c: Basic) -> bool | Array:
        match c:
            case BooleanTrue() | BooleanFalse():
                return bool(c)
            case And() | Or():
                return self._connected(c)
            case Not():
                return _opposite(self._condition(c.args[0]))
            case Implies():
                premise, conclusion = cast("tuple[Boolean, Boolean]", c.args)
                return self._condition(Or(Not(premise), conclusion))
            case Relational() if type(c) in RELATIONS:
                return RELATIONS[type(c)](self.value(c.lhs), self.value(c.rhs))
            case Symbol():
                return bool(self.value(c))
        raise NotImplementedError(f"no truth value for {type(c).__name__}: {c}")

    def _connected(self, c: And | Or) -> bool | Array:
        """Conditions on the step come first: they may say that a state does not exist."""
        decisive = isinstance(c, Or)
        result: bool | Array = not decisive
        for part in sorted(c.args, key=lambda part: part.has(Value, GradientAt)):
            truth = self._condition(part)
            if truth is decisive:
                return decisive
            result = (_either if decisive else _both)(result, truth)
        return result

    def _unreadable(self, e: Basic, problem: str) -> SpecError:
        return SpecError(
            "no-value",
            spec=self._name,
            where=str(e),
            problem=problem,
            remedy="Check that it is declared, exists with these options, and is given",
        )


def _is_stored_parameter(point: Basic) -> bool:
    return isinstance(point, Value) and point.name == "theta" and point.index == step_symbol - 1
