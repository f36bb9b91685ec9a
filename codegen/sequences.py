"""What the heads on lists, functions and schedules mean, on exact numbers.

A list is a tuple of numbers, a function takes a whole number, and a schedule is a pair of
functions: the rate at a step, given the rate it starts from, and the momentum, or None.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from .exact import Fraction, Number, multiply

Function = Callable[[int], Number]


@dataclass(frozen=True)
class ExactSchedule:
    """A schedule evaluated exactly: both take the step, ``rate`` also the rate to start from."""

    rate: Callable[[Number, Number], Number]
    momentum: Callable[[Number], Number | None]


def passed(entries: Sequence[Number], step: Number) -> Number:
    return Fraction(bisect_right(entries, step))


def size(entries: Sequence[object]) -> Number:
    return Fraction(len(entries))


def item(entries: Sequence[Number], index: Number) -> Number:
    return entries[int(index)]


def completed_cycles(step: Number, first: Number, ratio: Number) -> Number:
    cycles, end, length = 0, first, first
    while end <= step:
        cycles, length = cycles + 1, length * ratio
        end += length
    return Fraction(cycles)


def call(function: Function, argument: Number) -> Number:
    return function(int(argument))


def running_product(function: Function, count: Number) -> Number:
    factors = (function(i) for i in range(1, int(count) + 1))
    return reduce(multiply, factors, Fraction(1))


def rate_of(schedule: ExactSchedule, step: Number, lr: Number) -> Number:
    return schedule.rate(step, lr)


def chained(schedules: Sequence[ExactSchedule], step: Number, lr: Number) -> Number:
    return reduce(lambda rate, schedule: schedule.rate(step, rate), schedules, lr)


def momentum_of(schedule: ExactSchedule, step: Number) -> Number | None:
    return schedule.momentum(step)


def chained_momentum(schedules: Sequence[ExactSchedule], step: Number) -> Number | None:
    found = [m for s in schedules if (m := s.momentum(step)) is not None]
    return found[-1] if found else None
