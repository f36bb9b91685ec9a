"""The truth of schedules: their equations evaluated as they stand, on exact numbers.

Floats stand for the numbers they are: a factor of 0.1 is the double next to it. What a
function among the arguments gives is taken as it is.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sympy import Basic, Expr, sympify

from ...specs.language import (
    Choice,
    Function,
    Hyper,
    Numbers,
    Option,
    Schedules,
    Value,
    eta,
    lr,
    metric,
    mu,
    step,
)
from .arguments import Bound
from .evaluate import Equations
from .exact import Number, exact
from .sequences import ExactFunction, ExactSchedule


def rate(bound: Bound, at: int, start: Number | None = None) -> Number:
    """The learning rate at a step.

    Args:
        bound: the schedule, without a metric, and its arguments.
        at: the step, counted from 0.
        start: the rate to start from, in place of the argument ``lr``.
    """
    return _equations(bound, at, start).value(eta[step])  # pyright: ignore[reportReturnType]


def momentum(bound: Bound, at: int) -> Number | None:
    """The momentum at a step; None where none is set."""
    schedule = bound.schedule
    equations = _equations(bound, at, None)
    when = schedule.momentum_when
    if not schedule.sets_momentum or (when is not None and not equations.holds(when)):
        return None
    return equations.value(mu[step])  # pyright: ignore[reportReturnType]


def initial(bound: Bound) -> dict[str, Number]:
    """The states before the first metric, by the name of their series."""
    equations = _equations(bound, 0, None)
    return {
        s.name: equations.value(sympify(s.init))  # pyright: ignore[reportReturnType]
        for s in bound.schedule.states
    }


def after(
    bound: Bound, states: Mapping[str, Number], observed: float | Number
) -> dict[str, Number]:
    """The states after one more metric."""
    equations = _equations(bound, 0, None, {metric: exact(observed)}, states)
    return {
        s.name: equations.value(s.series[step])  # pyright: ignore[reportReturnType]
        for s in bound.schedule.states
    }


def holds(bound: Bound) -> bool:
    """Whether the arguments meet the schedule's constraints."""
    equations = _equations(bound, 0, None)
    return all(equations.holds(c.condition) for c in bound.schedule.constraints)


def exact_schedule(bound: Bound) -> ExactSchedule:
    """The schedule as others call it."""
    return ExactSchedule(
        lambda at, start: rate(bound, int(at), start), lambda at: momentum(bound, int(at))
    )


def argument_values(bound: Bound) -> dict[Basic, Any]:
    """The exact value of every symbol that stands for an argument, derived ones among them."""
    return dict(_arguments(bound))


def _equations(
    bound: Bound,
    at: int,
    start: Number | None,
    more: Mapping[Basic, Any] | None = None,
    stored: Mapping[str, Number] | None = None,
) -> Equations:
    schedule = bound.schedule
    known = {**_arguments(bound), step: exact(at), **(more or {})}
    if start is not None or schedule.composes:
        known[lr] = start  # None: each of the schedules it is made of has its own
    return Equations(schedule.name, symbols=known, stored=stored, updates=_updates(bound))


@lru_cache(maxsize=256)
def _updates(bound: Bound) -> Mapping[Value, Expr]:
    return {u.target: u.value for u in bound.schedule.updates}


@lru_cache(maxsize=256)
def _arguments(bound: Bound) -> Mapping[Basic, Any]:
    schedule = bound.schedule
    known: dict[Basic, Any] = {}
    for h in schedule.hyper:
        value = bound.arguments[h.name]
        match h:
            case Option():
                known[h.flag] = value
            case Choice():
                known |= {flag: word == value for word, flag in h.flags.items()}
            case Hyper() if value is not None:
                known[h.symbol] = exact(value)
            case Numbers():
                known[h.symbol] = tuple(map(exact, bound.arguments[h.name]))
            case Function():
                known[h.flag] = value is not None
                known[h.symbol] = None if value is None else ExactFunction(value)
            case Schedules():
                given = bound.arguments[h.name] if h.many else (bound.arguments[h.name],)
                made = tuple(exact_schedule(x) if isinstance(x, Bound) else x for x in given)
                known[h.symbol] = made if h.many else made[0]
    for h in schedule.hyperparameters:
        if bound.arguments[h.name] is None and h.derived is not None:
            known[h.symbol] = Equations(schedule.name, symbols=known).value(h.derived)
    return known
