"""Random exact points of a schedule, and what its equations make of them.

What is drawn is rational: arguments, and what functions and inner schedules give.
"""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

from ...specs.language import (
    Choice,
    Function,
    Hyper,
    Interval,
    Numbers,
    Option,
    Schedule,
    Schedules,
    eta,
    mu,
)
from ...specs.language.schedule import Argument
from ..oracle import schedules as schedule_oracle
from ..oracle.arguments import Bound, example
from ..oracle.exact import Number, add, exact, multiply
from ..oracle.sequences import ExactSchedule
from .points import MOST_ATTEMPTS, between

_LAST = 24
"""The last step drawn, and the largest count: so that each is reached, and passed."""


@dataclass(frozen=True)
class SchedulePoint:
    """A step, or a metric: a program may compute some of the series alone.

    Args:
        values: the arguments, by name, and the step, or the states and a metric.
        series: the value of each by the equations.
        rate: the rate at any step, where it is a function of the step.
    """

    values: Mapping[str, Any]
    series: Mapping[str, Callable[[], Any]]
    rate: Callable[[int], Number] | None = None

    def expected(self, computed: Collection[str]) -> Mapping[str, Any]:
        return {name: self.series[name]() for name in computed}


def schedule_points(schedule: Schedule, count: int) -> list[SchedulePoint]:
    draw = random.Random(0)
    return [_point(schedule, draw) for _ in range(count)]


def _point(schedule: Schedule, draw: random.Random) -> SchedulePoint:
    bound = _drawn(schedule, draw)
    at, start = draw.randint(0, _LAST), _number(Interval(), draw)
    symbols = schedule_oracle.argument_values(bound)
    values: dict[str, Any] = {str(symbol): value for symbol, value in symbols.items()}
    values["step"] = exact(at)
    if schedule.states:
        states = {s.name: _number(s.domain, draw) for s in schedule.states}
        observed = _number(Interval(), draw)
        after = partial(schedule_oracle.after, bound, states, observed)
        expected = {name: partial(lambda n: after()[n], name) for name in states}
        return SchedulePoint({**values, **states, "metric": observed}, expected)
    if schedule.composes:
        values["lr"] = start
    rate = partial(schedule_oracle.rate, bound, at, start if schedule.composes else None)
    momentum = partial(schedule_oracle.momentum, bound, at)
    rate_at = partial(schedule_oracle.rate, bound)
    return SchedulePoint(values, {eta.name: rate, mu.name: momentum}, rate_at)


def _drawn(schedule: Schedule, draw: random.Random) -> Bound:
    """Random arguments that meet the constraints, or the example where none are found.

    The momentum is set wherever it can be.
    """
    momentum = schedule.momentum_when
    for _ in range(MOST_ATTEMPTS):
        arguments = {h.name: _argument(h, draw) for h in schedule.hyper}
        if momentum is not None:
            arguments[momentum.name] = True
        bound = Bound(schedule, arguments)
        if schedule_oracle.holds(bound):
            return bound
    return example(schedule)


def _argument(argument: Argument, draw: random.Random) -> Any:
    match argument:
        case Option():
            return draw.random() < 0.5
        case Choice():
            return draw.choice(list(argument.words))
        case Function():
            return None if argument.optional and draw.random() < 0.5 else _function(draw)
        case Numbers():
            entries = [_of(argument, draw) for _ in range(draw.randint(0, 3))]
            return tuple(sorted(entries) if argument.increasing else entries)  # pyright: ignore[reportArgumentType]
        case Schedules():
            inner = tuple(_inner(draw) for _ in range(draw.randint(1, 4)))
            return inner if argument.many else inner[0]
    return _of(argument, draw)


def _of(argument: Hyper | Numbers, draw: random.Random) -> Number:
    if argument.is_whole:
        low = argument.domain.low
        return exact(draw.randint(0 if low is None else int(low), _LAST))
    return _number(argument.domain, draw)


def _number(domain: Interval, draw: random.Random) -> Number:
    """A rational inside a domain, often enough its lower end."""
    low = Fraction(-2) if domain.low is None else domain.low
    if not domain.low_open and draw.random() < 0.2:
        return exact(low)
    high = low + draw.choice((3, _LAST)) if domain.high is None else domain.high
    return between(low, high, draw.randint(1, 62), 63)


def _function(draw: random.Random) -> Callable[[int], Number]:
    above, below = draw.randint(1, 9), draw.randint(1, 9)
    return lambda k: exact(Fraction(k + above, 2 * k + below))


def _inner(draw: random.Random) -> ExactSchedule:
    factor, own = _function(draw), _number(Interval(), draw)
    sets_momentum = draw.random() < 0.7
    return ExactSchedule(
        lambda at, lr: add(multiply(own if lr is None else lr, factor(int(at))), own),
        lambda at: factor(int(at) + 1) if sets_momentum else None,
    )
