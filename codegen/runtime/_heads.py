"""What the equations of schedules call."""

import math
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

StepT = TypeVar("StepT", contravariant=True)
"""Whole numbers, or floats where a step can lie between two."""


class Schedule(Protocol[StepT]):
    """What a schedule says to one that is made of it."""

    def rate(self, step: StepT, lr: float | None = None) -> float:
        """The rate at a step, starting from another than its own if one is given."""
        ...

    def momentum(self, step: StepT) -> float | None:
        """The momentum at a step, of schedules that set it."""
        ...


class Factors:
    """A function of the step with the products of its values from 1 on, kept as they grow."""

    def __init__(self, function: Callable[[int], float]) -> None:
        self._function = function
        self._values: list[float] = []
        self._products = [1.0]

    def __call__(self, step: int) -> float:
        return self._function(step)

    def product(self, count: float) -> float:
        """The product of the values at 1, 2, ... up to a count."""
        while len(self._products) <= count:
            value = self._function(len(self._products))
            self._values.append(value)
            self._products.append(self._products[-1] * value)
        return self._products[math.floor(count)]

    def between(self, before: float, count: float) -> float:
        """The product of the values after a count, up to another."""
        self.product(count)
        return math.prod(self._values[math.floor(before) : math.floor(count)])


def completed_cycles(step: float, first: int, ratio: int) -> int:
    """How many cycles of lengths first, first*ratio, first*ratio**2, ... end by a step."""
    if ratio == 1:
        return int(step // first)
    cycles, end = 0, first
    while end <= step:
        cycles += 1
        end += first * ratio**cycles
    return cycles


def chained(schedules: Sequence[Schedule[StepT]], step: StepT, lr: float | None) -> float:
    """What schedules make of a rate, each of what the one before it gives."""
    for schedule in schedules:
        lr = schedule.rate(step, lr)
    assert lr is not None
    return lr


def chained_momentum(schedules: Sequence[Schedule[StepT]], step: StepT) -> float | None:
    """The momentum of the last schedule that sets any."""
    momenta = [m for schedule in schedules if (m := schedule.momentum(step)) is not None]
    return momenta[-1] if momenta else None
