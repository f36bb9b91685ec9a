"""What a step is made of, read off its equations: what operators rewrite.

A rule that has these parts can be written as::

    theta[t] = kept - rate * direction

where ``kept`` is a multiple of the parameter (with its decay, where that is decoupled), ``rate`` a
number that is known before any tensor is, and ``direction`` all else. What it is given is the
gradient, with the sign that the rule gives it where it can maximize. Of a state that forgets, as
averages do, ``m[t] = forgetting * m[t - 1] + added``; of a second moment, what is
added is ``squares = second_weight * squared**2``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import cast

from sympy import Add, Basic, Expr, Integer, Mul, Number, Piecewise, Pow

from .declarations import State
from .domains import Interval
from .occurrences import pairs
from .optimizer import Optimizer
from .shapes import Shape
from .symbols import GradientAt, Series, Value, grad, intermediates, t, theta

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


@dataclass(frozen=True)
class Average:
    """A state that forgets: ``series[t] = forgetting * series[t - 1] + added``."""

    series: Series
    forgetting: Expr
    added: Expr


def step_of(spec: Optimizer) -> Step:
    """The parts of the step.

    Raises:
        NoPartError: it has not this form.
    """
    value = _value(spec, theta.name)
    taken = [_branch(spec, each) for each in _branches(value)]
    kept, moved = _joined(value, [k for k, _ in taken]), [m for _, m in taken]
    terms = [term for each in moved for term in Add.make_args(each) if term != 0]
    common = _common([_host_factors(spec, term) for term in terms])
    rate = cast(Expr, Mul(*common))
    directions = [
        cast(Expr, Add(*(_without(term, common) for term in Add.make_args(each) if term != 0)))
        for each in moved
    ]
    return Step(kept, rate, _joined(value, directions))


def gradient_of(spec: Optimizer) -> Expr:
    """What the rule descends by: the gradient, or its name where a sign is given to it."""
    for update in spec.updates:
        if {*_branches(update.value)} == {GRADIENT, -GRADIENT}:
            return update.target
    return GRADIENT


def momentum_of(spec: Optimizer) -> Average:
    """The average of gradients: of several, the one that the step is a multiple of.

    Of a gradient and of its change, it is that of the gradient; of one that goes into another, the
    other.

    Raises:
        NoPartError: there is none, or there are several.
    """
    along = _along(spec)
    found = [a for s, a in _averages(spec) if not _is_square(s.domain)]
    found = _preferred(found, lambda a: a.series.name in along)
    found = _preferred(found, lambda a: not _reads_before(spec, a.added))
    into = {a.series.name: _made_of(spec, a.series.name) - {a.series.name} for a in found}
    return _only(
        "momentum", _preferred(found, lambda a: all(a.series.name not in x for x in into.values()))
    )


def second_moment_of(spec: Optimizer) -> Average:
    """The average, or sum, of squared gradients: of several, the one no other goes into.

    Raises:
        NoPartError: there is none, or there are several.
    """
    found = [a for s, a in _averages(spec) if _is_square(s.domain)]
    names = {a.series.name for a in found}
    return _only(
        "second moment", _preferred(found, lambda a: not names & _made_of(spec, a.series.name))
    )


def square_of(average: Average) -> tuple[Expr, Expr]:
    """What a second moment adds the square of, and the weight of that.

    Raises:
        NoPartError: it adds something else.
    """
    squares = [f for f in _factors(average.added) if isinstance(f, Pow) and f.exp == 2]
    squares = [f for f in squares if f.atoms(Value, GradientAt)]
    if len(squares) != 1:
        raise NoPartError(f"what its {average.series.name} adds is no multiple of one square")
    return cast(Expr, squares[0].base), _without(average.added, squares)


def _averages(spec: Optimizer) -> list[tuple[State, Average]]:
    """The states that forget, one number for each element, but for what follows the parameter."""
    return [
        (s, average)
        for s in spec.states
        if s.shape == Shape.TENSOR and not s.starts_as_parameter and (average := _average(spec, s))
    ]


def _preferred(found: list[Average], is_preferred: Callable[[Average], bool]) -> list[Average]:
    """Those that are preferred, if there are any."""
    return [average for average in found if is_preferred(average)] or found


def _only(what: str, found: list[Average]) -> Average:
    if len(found) != 1:
        names = ", ".join(a.series.name for a in found)
        raise NoPartError(
            f"it has several that could be its {what}: {names}"
            if found
            else f"it has no state that could be its {what}"
        )
    return found[0]


def _made_of(spec: Optimizer, name: str) -> set[str]:
    """The names of the values of this step that one is computed from."""
    found: set[str] = set()
    pending = [_value(spec, name)]
    while pending:
        for value in pending.pop().atoms(Value):
            if value.index == t and value.name not in found:
                found.add(value.name)
                pending.append(_value(spec, value.name))
    return found


def _reads_before(spec: Optimizer, e: Expr) -> bool:
    """Whether it, or an intermediate that it is made of, reads what a state was."""
    kept = {s.name for s in spec.states}
    pending, seen = [*e.atoms(Value)], set[str]()
    while pending:
        value = pending.pop()
        if value.name in kept:
            if value.index != t:
                return True
        elif value.index == t and value.name not in seen:
            seen.add(value.name)
            pending += _value(spec, value.name).atoms(Value)
    return False


def _along(spec: Optimizer) -> set[str]:
    """What the step is a multiple of, or a sum of multiples: states, and what is made of them.

    A momentum is among them; an average that only a size is made of, or a norm, is not.
    """
    found: set[str] = set()
    pending = [_value(spec, theta.name)]
    while pending:
        e = pending.pop()
        match e:
            case Value() if e.index == t and e.name not in found:
                found.add(e.name)
                if all(e.name != s.name for s in spec.states):
                    pending.append(_value(spec, e.name))
            case Piecewise():
                pending += _branches(e)
            case Add() | Mul():
                pending += cast(Iterable[Expr], e.args)
    return found


def _is_square(domain: Interval) -> bool:
    return domain.low is not None and domain.low >= 0


def _average(spec: Optimizer, state: State) -> Average | None:
    """How a state forgets, where it does: in the last of its cases that makes more of what it was.

    In others it begins, or stays.
    """
    last = state.series[t - 1]
    reading = [e for e in _cases(_value(spec, state.name)) if e.has(last) and e != last]
    if not reading:
        return None
    value = reading[-1].expand() if reading[-1].is_Mul else reading[-1]
    terms = Add.make_args(value)
    kept = [_without(term, [last]) for term in terms if last in _factors(term)]
    added = [term for term in terms if last not in _factors(term)]
    if (
        not kept
        or any(e.has(last) for e in (*kept, *added))
        or not all(_is_host(spec, e) for e in kept)
    ):
        return None
    return Average(state.series, cast(Expr, Add(*kept)), cast(Expr, Add(*added)))


def _value(spec: Optimizer, name: str) -> Expr:
    """The right side of an equation; 0 where there is none, for whoever checks the spec to say."""
    return next((u.value for u in spec.updates if u.target.name == name), Integer(0))


def _branches(e: Expr) -> list[Expr]:
    return [cast(Expr, value) for value, _ in pairs(e)] if isinstance(e, Piecewise) else [e]


def _cases(e: Expr) -> list[Expr]:
    """All that it can be, of cases within cases too."""
    return [x for b in _branches(e) for x in _cases(b)] if isinstance(e, Piecewise) else [e]


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
        return all(_is_parameter(spec, b) for b in _branches(_value(spec, e.name)))
    return False


def _is_host(spec: Optimizer, e: Basic) -> bool:
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
            equation = _value(spec, value.name)
            if equation.has(GradientAt):
                return False
            pending += equation.atoms(Value)
    return True


def _host_factors(spec: Optimizer, term: Basic) -> list[Expr]:
    return [
        cast(Expr, f) for f in _factors(term) if not isinstance(f, Number) and _is_host(spec, f)
    ]


def _factors(term: Basic) -> tuple[Basic, ...]:
    return Mul.make_args(cast(Expr, term))


def _common(factors: Iterable[list[Expr]]) -> list[Expr]:
    return reduce(lambda a, b: [f for f in a if f in b], factors)


def _without(term: Basic, factors: Iterable[Expr]) -> Expr:
    left = [*_factors(term)]
    for factor in factors:
        left.remove(factor)
    return cast(Expr, Mul(*cast(list[Expr], left)))
