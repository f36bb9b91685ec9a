"""What a step is made of, read off its equations: what operators rewrite.

A rule that has these parts can be written as::

    theta[t] = kept - rate * direction

where ``kept`` is a multiple of the parameter (with its decay, where that is decoupled), ``rate`` a
number that is known before any tensor is, and ``direction`` all else. What it is given is the
gradient, with the sign that the rule gives it where it can maximize. Of a state that forgets, as
averages do, ``m[t] = forgetting * m[t - 1] + added``; of a second moment, what is
added is ``squares = second_weight * squared**2``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import cast

from sympy import Add, Basic, Expr, Integer, Mul, Number, Piecewise

from .occurrences import pairs
from .optimizer import Optimizer
from .shapes import Shape
from .symbols import GradientAt, Value, grad, intermediates, t, theta

(
    gradient,
    direction,
    rate,
    kept,
    stepped,
    momentum,
    forgetting,
    added,
    second_moment,
    squares,
    squared,
    second_weight,
) = PARTS = intermediates(
    "gradient direction rate kept stepped momentum forgetting added second_moment squares squared "
    "second_weight"
)
"""How the parts stand in equations of operators."""

GRADIENT = grad(theta[t - 1])
"""What a framework hands over."""

OLD = theta[t - 1]
NEW = theta[t]


class NoPartError(ValueError):
    """A rule has no such part; the text says why, a clause without a full stop."""


@dataclass(frozen=True)
class Step:
    """A rule's step, taken apart: the parameter becomes ``kept - rate * direction``."""

    kept: Expr
    rate: Expr
    direction: Expr


def step_of(spec: Optimizer) -> Step:
    """The parts of the step.

    Raises:
        NoPartError: it has not this form.
    """
    value = right_side(spec, theta.name)
    taken = [_branch(spec, each) for each in branches_of(value)]
    kept, moved = _joined(value, [k for k, _ in taken]), [m for _, m in taken]
    terms = [term for each in moved for term in Add.make_args(each) if term != 0]
    common = _common([_host_factors(spec, term) for term in terms])
    rate = cast(Expr, Mul(*common))
    directions = [
        cast(Expr, Add(*(without(term, common) for term in Add.make_args(each) if term != 0)))
        for each in moved
    ]
    return Step(kept, rate, _joined(value, directions))


def gradient_of(spec: Optimizer) -> Expr:
    """What the rule descends by: the gradient, or its name where a sign is given to it."""
    for update in spec.updates:
        if {*branches_of(update.value)} == {GRADIENT, -GRADIENT}:
            return update.target
    return GRADIENT


def right_side(spec: Optimizer, name: str) -> Expr:
    """The right side of an equation; 0 where there is none, for whoever checks the spec to say."""
    return next((u.value for u in spec.updates if u.target.name == name), Integer(0))


def branches_of(e: Expr) -> list[Expr]:
    return [cast(Expr, value) for value, _ in pairs(e)] if isinstance(e, Piecewise) else [e]


def _joined(like: Expr, values: Sequence[Expr]) -> Expr:
    """The values, in the cases of an expression that has as many."""
    if len(set(values)) == 1:
        return values[0]
    conditions = [condition for _, condition in pairs(cast(Piecewise, like))]
    return cast(Expr, Piecewise(*zip(values, conditions, strict=True), evaluate=False))


def _branch(spec: Optimizer, value: Expr) -> tuple[Expr, Expr]:
    """What is kept of the parameter, and what is taken from it."""
    terms = [cast(Expr, term) for term in Add.make_args(value)]
    kept = [term for term in terms if _is_parameter(spec, term)]
    if not kept:
        raise NoPartError("its theta[t] is no multiple of theta[t-1] less a step")
    moved = cast(Expr, Add(*(-term for term in terms if term not in kept)))
    others = {s.name for s in spec.states if s.starts_as_parameter}
    if read := sorted(others & {v.name for v in moved.atoms(Value)}):
        raise NoPartError(f"its theta[t] is drawn to {read[0]} beside the step it takes")
    return cast(Expr, Add(*kept)), moved


def _is_parameter(spec: Optimizer, e: Basic) -> bool:
    """Whether it is the parameter times something, its decay."""
    if e == OLD:
        return True
    if isinstance(e, Add):
        return all(_is_parameter(spec, a) for a in e.args)
    if isinstance(e, Mul):
        return sum(_is_parameter(spec, f) for f in e.args) == 1
    if isinstance(e, Value) and e.index == t and e.name not in spec.results:
        return all(_is_parameter(spec, b) for b in branches_of(right_side(spec, e.name)))
    return False


def is_host(spec: Optimizer, e: Basic) -> bool:
    """Whether it is a number known before any tensor is: of hyperparameters, shapes and t."""
    if e.has(GradientAt):
        return False
    pending, seen = [*e.atoms(Value)], set[str]()
    shapes = {s.name: s.shape for s in spec.states}
    given = {i.name for i in spec.inputs}
    while pending:
        value = pending.pop()
        if value.name == theta.name or value.name in given:
            return False
        if value.name in shapes:
            if shapes[value.name] != Shape.SCALAR:
                return False
        elif value.name not in seen:
            seen.add(value.name)
            equation = right_side(spec, value.name)
            if equation.has(GradientAt):
                return False
            pending += equation.atoms(Value)
    return True


def _host_factors(spec: Optimizer, term: Basic) -> list[Expr]:
    return [
        cast(Expr, f) for f in factors_of(term) if not isinstance(f, Number) and is_host(spec, f)
    ]


def factors_of(term: Basic) -> tuple[Basic, ...]:
    return Mul.make_args(cast(Expr, term))


def _common(factors: Iterable[list[Expr]]) -> list[Expr]:
    return reduce(lambda a, b: [f for f in a if f in b], factors)


def without(term: Basic, factors: Iterable[Expr]) -> Expr:
    left = [*factors_of(term)]
    for factor in factors:
        left.remove(factor)
    return cast(Expr, Mul(*cast(list[Expr], left)))
