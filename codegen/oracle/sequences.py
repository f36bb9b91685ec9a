"""What the heads on lists, functions and schedules mean, on exact numbers.

A list is a tuple of numbers, and a schedule is a pair of functions: the rate at a step, given the
rate it starts from, and the momentum, or None.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from .exact import Fraction, Number, approximate, exact, multiply

_LONGEST_EXACT_PRODUCT = 64
"""Longer ones would be exact, but of thousands of digits."""


class ExactFunction:
    """A function of a whole number, whose values are taken as they are.

    The products of its values are kept as they grow.
    """

    def __init__(self, function: Callable[[int], float | Number]) -> None:
        self._function = function
        self._products: list[Number] = [Fraction(1)]

    def __call__(self, argument: int) -> Number:
        return exact(self._function(argument))

    def product(self, count: int) -> Number:
        """The product of the values at 1, ..., count."""
        products = self._products
        while (done := len(products)) <= count:
            before = products[-1] if done <= _LONGEST_EXACT_PRODUCT else approximate(products[-1])
            products.append(multiply(before, self(done)))
        return products[count]


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
    if ratio == 1:
        return Fraction(step // first)
    cycles, end, length = 0, first, first
    while end <= step:
        cycles, length = cycles + 1, length * ratio
        end += length
    return Fraction(cycles)


def call(function: ExactFunction, argument: Number) -> Number:
    return function(int(argument))


def running_product(function: ExactFunction, count: Number) -> Number:
    return function.product(int(count))


def product_between(function: ExactFunction, before: Number, count: Number) -> Number:
    return reduce(multiply, map(function, range(int(before) + 1, int(count) + 1)), Fraction(1))


def rate_of(schedule: ExactSchedule, step: Number, lr: Number) -> Number:
    return schedule.rate(step, lr)


def chained(schedules: Sequence[ExactSchedule], step: Number, lr: Number) -> Number:
    return reduce(lambda rate, schedule: schedule.rate(step, rate), schedules, lr)


def momentum_of(schedule: ExactSchedule, step: Number) -> Number | None:
    return schedule.momentum(step)


def chained_momentum(schedules: Sequence[ExactSchedule], step: Number) -> Number | None:
    found = [m for s in schedules if (m := s.momentum(step)) is not None]
    return found[-1] if found else None
