"""A scheduler as a function of the step in one group, and the way from a present rate on.

A schedule is affine in the rate ``x`` it starts from: at a step ``s`` the rate is ``a_s + b_s*x``,
a line. Through every present rate goes one course, that of the start it would have come from,
so from ``p`` at ``s`` the rate at ``u`` is ``a_u + b_u/b_s*(p - a_s)``. Of schedules that multiply,
this is ``p`` times the factor between the steps, and it is what torch's ``get_lr`` computes from
one step to the next, with three things of torch's besides:

- Schedules that torch sets outright (the functions of LambdaLR, warm restarts, and those that do
  not start from the rate of the optimizer) take no notice of ``p``; nor does a sequence where its
  next schedule begins.
- Where the start no longer shows (``b_s`` is 0: a cosine at its lowest point), what was added to
  the rate stays added, and it goes on from the base rate. So torch's cosine does.
- A line that stays the same leaves the rate alone, to the bit.

A chain has the product of its parts' factors, where all of them multiply. Powers and products have
their factor between two steps in a form of its own, as the quotient would be 0/0 once both have
left the range of floats.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from torch import Tensor


class Equations(Protocol):
    """What is asked of a scheduler: its equations, and what they are filled in with."""

    _outright: ClassVar[str]

    @property
    def _sets_momentum(self) -> bool: ...

    def _settings(self, index: int, lr: float) -> dict[str, Any]: ...

    def _parts_in(self, settings: Mapping[str, Any]) -> "list[Schedule]": ...

    def _rate(self, step: float, /, **arguments: Any) -> float: ...

    def _momentum(self, step: float, /, **arguments: Any) -> float | None: ...

    def _factor(self, step: float, since: float, /, **arguments: Any) -> float | None: ...

    def _stand_at(self, step: float, rates: list[float | Tensor]) -> None: ...


class Schedule:
    """A scheduler as a function of the step, in one group of parameters."""

    def __init__(self, scheduler: Equations, index: int, lr: float) -> None:
        self.scheduler = scheduler
        self.settings = scheduler._settings(index, lr)
        self.asked: float | None = None
        """The step of which the rate was asked last."""
        self.gave: float | None = None
        """The rate that was given then."""

    def rate(self, step: float, lr: float | None = None) -> float:
        """The learning rate at a step, starting from another rate than the group's."""
        settings = self.settings if lr is None else self.settings | {"lr": lr}
        self.asked, self.gave = step, float(self.scheduler._rate(step, **settings))
        return self.gave

    def momentum(self, step: float) -> float | None:
        """The momentum at a step; None where none is set."""
        if not self.scheduler._sets_momentum:
            return None
        return self.scheduler._momentum(step, **self.settings)

    def carried(self, step: float, since: float, rate: float, base: float) -> float:
        """The rate at a step, on the course through a rate at another.

        Args:
            step: the step.
            since: the step at which the rate is known.
            rate: the rate there.
            base: the rate to start from where that one tells nothing.
        """
        if self.scheduler._outright == "always":
            return self.rate(step, base)
        before, after = self._part(since, base), self._part(step, base)
        if before and after:
            if before[0] is not after[0]:
                return self.rate(step, base)
            return after[0].carried(after[1], before[1], rate, base)
        factor = self._factor(step, since, base)
        return self._along(step, since, rate, base) if factor is None else rate * factor

    def forgets(self, step: float, base: float) -> bool:
        """Whether the rate at a step tells nothing of what it started from."""
        if part := self._part(step, base):
            return part[0].forgets(part[1], base)
        if self.scheduler._factor(step, step, **self.settings) is not None:
            return False
        if chain := self._chain(step, base):
            return any(part.forgets(at, base) for part, at in chain)
        return self._line(step)[1] == 0

    def _factor(self, step: float, since: float, base: float) -> float | None:
        """What a rate is multiplied by between two steps; None where that is not all."""
        factor = self.scheduler._factor(step, since, **self.settings)
        if factor is not None:
            return factor
        before, after = self._chain(since, base), self._chain(step, base)
        if before and [part for part, _ in before] == [part for part, _ in after]:
            both = zip(after, before, strict=True)
            factors = [part._factor(at, then, base) for (part, at), (_, then) in both]
            found = [f for f in factors if f is not None]
            return math.prod(found) if len(found) == len(factors) else None
        (a, b), (a_new, b_new) = line, new_line = self._line(since), self._line(step)
        if line == new_line:
            return 1.0
        return None if a or a_new or b == 0 else b_new / b

    def parts(self) -> "list[Schedule]":
        """Those it is made of."""
        return self.scheduler._parts_in(self.settings)

    def _along(self, step: float, since: float, rate: float, base: float) -> float:
        (a, b), (a_new, b_new) = self._line(since), self._line(step)
        if b == 0:
            return a_new if b_new == 0 else rate + (self.rate(step, base) - self.rate(since, base))
        return a_new + b_new / b * (rate - a)

    def _line(self, step: float) -> tuple[float, float]:
        """The rate from a start of 0, and how much it grows with the start."""
        zero = self.rate(step, 0.0)
        return zero, self.rate(step, 1.0) - zero

    def _chain(self, step: float, base: float) -> "list[tuple[Schedule, float]]":
        """Several parts that are applied one to what the other gives, and at which steps."""
        rate, asked = self._asked(step, base)
        if len(asked) < 2:
            return []
        through = base
        for part, at in asked:
            through = part.rate(at, through)
        return asked if through == rate else []

    def _asked(self, step: float, base: float) -> "tuple[float, list[tuple[Schedule, float]]]":
        """The rate at a step, and of which parts it was made, each at one of its own steps."""
        parts = self.parts()
        for part in parts:
            part.asked = None
        rate = self.rate(step, base)
        return rate, [(part, part.asked) for part in parts if part.asked is not None]

    def _part(self, step: float, base: float) -> "tuple[Schedule, float] | None":
        """The one part whose rate it has at a step, and at which of its steps that is."""
        rate, asked = self._asked(step, base)
        return asked[0] if len(asked) == 1 and asked[0][0].gave == rate else None


Course = tuple[float | None, float]
"""The rate at a step, and that step; None stands for the start, before the first."""


def value(schedule: Schedule, course: Course, step: float, base: float) -> float:
    """The rate at a step of a course."""
    since, rate = course
    if since is None:
        return schedule.rate(step, rate)
    return rate if since == step else schedule.carried(step, since, rate, base)
