"""What the heads on lists, functions and schedules mean, on exact numbers.

A list is a tuple of numbers, and a schedule is a pair of functions: the rate at a step, given the
rate it starts from, and the momentum, or None.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce

from .exact import ONE, Number, add, divide, equal, exact, floor, less_equal, multiply


class ExactFunction:
    """A function of a whole number, whose values are taken as they are.

    The products of its values are kept as they grow.
    """

    def __init__(self, function: Callable[[int], float | Number]) -> None:
        self._function = function
        self._products: list[Number] = [ONE]

    def __call__(self, argument: int) -> Number:
        return exact(self._function(argument))

    def product(self, count: int) -> Number:
        """The product of the values at 1, ..., count."""
        products = self._products
        while (done := len(products)) <= count:
            products.append(multiply(products[-1], self(done)))
        return products[count]


@dataclass(frozen=True)
class ExactSchedule:
    """A schedule evaluated exactly: both take the step, ``rate`` also the rate to start from."""

    rate: Callable[[Number, Number], Number]
    momentum: Callable[[Number], Number | None]


def passed(entries: Sequence[Number], step: Number) -> Number:
    return exact(sum(less_equal(entry, step) for entry in entries))


def size(entries: Sequence[object]) -> Number:
    return exact(len(entries))


def item(entries: Sequence[Number], index: Number) -> Number:
    return entries[int(index)]


def completed_cycles(step: Number, first: Number, ratio: Number) -> Number:
    if equal(ratio, ONE):
        return floor(divide(step, first))
    cycles, end, length = 0, first, first
    while less_equal(end, step):
        cycles, length = cycles + 1, multiply(length, ratio)
        end = add(end, length)
    return exact(cycles)


def call(function: ExactFunction, argument: Number) -> Number:
    return function(int(argument))


def running_product(function: ExactFunction, count: Number) -> Number:
    return function.product(int(count))


def product_between(function: ExactFunction, before: Number, count: Number) -> Number:
    return reduce(multiply, map(function, range(int(before) + 1, int(count) + 1)), ONE)


def rate_of(schedule: ExactSchedule, step: Number, lr: Number) -> Number:
    return schedule.rate(step, lr)


def chained(schedules: Sequence[ExactSchedule], step: Number, lr: Number) -> Number:
    return reduce(lambda rate, schedule: schedule.rate(step, rate), schedules, lr)


def momentum_of(schedule: ExactSchedule, step: Number) -> Number | None:
    return schedule.momentum(step)


def chained_momentum(schedules: Sequence[ExactSchedule], step: Number) -> Number | None:
    found = [m for s in schedules if (m := s.momentum(step)) is not None]
    return found[-1] if found else None
