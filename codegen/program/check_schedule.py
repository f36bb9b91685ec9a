"""Hold a schedule's program against its equations at random exact points.

What is drawn is exact: rational arguments, functions and inner schedules that give rationals.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import combinations_with_replacement
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
from ..oracle.exact import Number, approximate, exact, is_nan, multiply
from ..oracle.sequences import ExactSchedule
from .check import POINTS, TOLERANCE, RewriteError
from .evaluate import evaluate, value_of
from .nodes import Node, Program

_MOST_ATTEMPTS = 1000
"""To draw arguments that meet the constraints."""

_LAST = 24
"""The last step drawn, and the largest count: so that each is reached, and passed."""


@dataclass(frozen=True)
class _Point:
    values: Mapping[str, Any]
    expected: Mapping[str, Callable[[], Any]]
    """The value of each series by the equations, evaluated where a program computes it."""
    rate: Callable[[int], Number] | None = None
    """The rate at any step, where it is a function of the step."""


class ScheduleChecker:
    """Evaluates programs of one schedule beside its equations, at the same random points."""

    def __init__(self, schedule: Schedule, points: int = POINTS) -> None:
        draw = random.Random(0)
        self._schedule = schedule
        self._points = [_point(schedule, draw) for _ in range(points)]

    def check(self, program: Program, *, after: str) -> None:
        """Compare a program with the equations.

        Raises:
            RewriteError: they differ; ``after`` names the pass to blame.
        """
        for point in self._points:
            for name, actual in evaluate(program, point.values).items():
                expected = point.expected[name]()
                if not _agree(actual, expected):
                    difference = f"{actual} is not {expected}"
                    raise RewriteError(
                        f"{self._schedule.name}: {after} changed {name}: {difference}"
                    )

    def check_growth(self, factor: Node) -> None:
        """Compare the factor between two steps with the equations at both.

        Raises:
            RewriteError: the rate at one is not the rate at the other times the factor.
        """
        for point in self._points:
            assert point.rate is not None
            for earlier, step in combinations_with_replacement((0, 1, 7, _LAST), 2):
                steps = {"earlier": exact(earlier), "step": exact(step)}
                found = value_of(factor, {**point.values, **steps})
                if not _agree(multiply(point.rate(earlier), found), point.rate(step)):
                    raise RewriteError(
                        f"{self._schedule.name}: {found} is not the factor from step {earlier} "
                        f"to step {step}"
                    )


def _point(schedule: Schedule, draw: random.Random) -> _Point:
    bound = _drawn(schedule, draw)
    at, start = draw.randint(0, _LAST), _number(Interval(), draw)
    symbols = schedule_oracle.argument_values(bound)
    values: dict[str, Any] = {str(symbol): value for symbol, value in symbols.items()}
    values["step"] = Fraction(at)
    if schedule.states:
        states = {s.name: _number(s.domain, draw) for s in schedule.states}
        observed = _number(Interval(), draw)
        after = partial(schedule_oracle.after, bound, states, observed)
        expected = {name: partial(lambda n: after()[n], name) for name in states}
        return _Point({**values, **states, "metric": observed}, expected)
    if schedule.composes:
        values["lr"] = start
    rate = partial(schedule_oracle.rate, bound, at, start if schedule.composes else None)
    momentum = partial(schedule_oracle.momentum, bound, at)
    rate_at = partial(schedule_oracle.rate, bound)
    return _Point(values, {eta.name: rate, mu.name: momentum}, rate_at)


def _drawn(schedule: Schedule, draw: random.Random) -> Bound:
    """Random arguments that meet the constraints, or the example where none are found.

    The momentum is set wherever it can be.
    """
    momentum = schedule.momentum_when
    for _ in range(_MOST_ATTEMPTS):
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
            return tuple(sorted(entries) if argument.increasing else entries)
        case Schedules():
            inner = tuple(_inner(draw) for _ in range(draw.randint(1, 4)))
            return inner if argument.many else inner[0]
    return _of(argument, draw)


def _of(argument: Hyper | Numbers, draw: random.Random) -> Fraction:
    if argument.is_whole:
        low = argument.domain.low
        return Fraction(draw.randint(0 if low is None else int(low), _LAST))
    return _number(argument.domain, draw)


def _number(domain: Interval, draw: random.Random) -> Fraction:
    """A rational inside a domain, often enough its lower end."""
    low = Fraction(-2) if domain.low is None else domain.low
    if not domain.low_open and draw.random() < 0.2:
        return low
    high = low + draw.choice((3, _LAST)) if domain.high is None else domain.high
    return low + (high - low) * Fraction(draw.randint(1, 62), 63)


def _function(draw: random.Random) -> Callable[[int], Fraction]:
    above, below = draw.randint(1, 9), draw.randint(1, 9)
    return lambda k: Fraction(k + above, 2 * k + below)


def _inner(draw: random.Random) -> ExactSchedule:
    factor, own = _function(draw), _number(Interval(), draw)
    sets_momentum = draw.random() < 0.7
    return ExactSchedule(
        lambda at, lr: (own if lr is None else lr) * factor(int(at)) + own,
        lambda at: factor(int(at) + 1) if sets_momentum else None,
    )


def _agree(actual: Number | None, expected: Number | None) -> bool:
    if actual is None or expected is None:
        return actual is expected
    a, b = approximate(actual), approximate(expected)
    if is_nan(a) or is_nan(b):
        return is_nan(a) and is_nan(b)
    return a == b or bool(abs(a - b) <= TOLERANCE * max(abs(a), abs(b)))
