"""The averages that a rule keeps, read off its equations: of gradients, and of their squares."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import cast

from sympy import Add, Expr, Mul, Piecewise, Pow

from .declarations import State
from .domains import Interval
from .optimizer import Optimizer
from .parts import NoPartError, branches_of, factors_of, is_host, right_side, without
from .shapes import Shape
from .symbols import GradientAt, Series, Value, t, theta


@dataclass(frozen=True)
class Average:
    """A state that forgets: ``series[t] = forgetting * series[t - 1] + added``."""

    series: Series
    forgetting: Expr
    added: Expr


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
    squares = [f for f in factors_of(average.added) if isinstance(f, Pow) and f.exp == 2]
    squares = [f for f in squares if f.atoms(Value, GradientAt)]
    if len(squares) != 1:
        raise NoPartError(f"what its {average.series.name} adds is no multiple of one square")
    return cast(Expr, squares[0].base), without(average.added, squares)


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
    pending = [right_side(spec, name)]
    while pending:
        for value in pending.pop().atoms(Value):
            if value.index == t and value.name not in found:
                found.add(value.name)
                pending.append(right_side(spec, value.name))
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
            pending += right_side(spec, value.name).atoms(Value)
    return False


def _along(spec: Optimizer) -> set[str]:
    """What the step is a multiple of, or a sum of multiples: states, and what is made of them.

    A momentum is among them; an average that only a size is made of, or a norm, is not.
    """
    found: set[str] = set()
    pending = [right_side(spec, theta.name)]
    while pending:
        e = pending.pop()
        match e:
            case Value() if e.index == t and e.name not in found:
                found.add(e.name)
                if all(e.name != s.name for s in spec.states):
                    pending.append(right_side(spec, e.name))
            case Piecewise():
                pending += branches_of(e)
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
    reading = [e for e in _cases(right_side(spec, state.name)) if e.has(last) and e != last]
    if not reading:
        return None
    value = reading[-1].expand() if reading[-1].is_Mul else reading[-1]
    terms = Add.make_args(value)
    kept = [without(term, [last]) for term in terms if last in factors_of(term)]
    added = [term for term in terms if last not in factors_of(term)]
    if (
        not kept
        or any(e.has(last) for e in (*kept, *added))
        or not all(is_host(spec, e) for e in kept)
    ):
        return None
    return Average(state.series, cast(Expr, Add(*kept)), cast(Expr, Add(*added)))


def _cases(e: Expr) -> list[Expr]:
    """All that it can be, of cases within cases too."""
    return [x for b in branches_of(e) for x in _cases(b)] if isinstance(e, Piecewise) else [e]
