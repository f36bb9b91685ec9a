"""A schedule with its arguments, as the values Python would be given."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Lambda, lambdify

from ...specs.language import Choice, Hyper, Option, Sample, Schedule
from ...specs.language.schedule import Exemplar


@dataclass(frozen=True, eq=False)
class Bound:
    """A schedule and all its arguments by name.

    Numbers are ints and floats, lists tuples, functions callables, schedules :class:`Bound`.
    What is left out is None. Two of them are the same if they are one object, so that what is
    worked out for one can be kept.
    """

    schedule: Schedule
    arguments: Mapping[str, Any]

    @property
    def inner(self) -> tuple["Bound", ...]:
        """The schedules it is made of."""
        found: list[Bound] = []
        for value in self.arguments.values():
            listed = value if isinstance(value, tuple) else (value,)
            found += [each for each in listed if isinstance(each, Bound)]
        return tuple(found)


def example(schedule: Schedule) -> Bound:
    """A schedule with the arguments of its example."""
    return bound(schedule, schedule.example)


def bound(schedule: Schedule, given: Mapping[str, Exemplar]) -> Bound:
    """A schedule with arguments as an example gives them, and defaults for the others."""
    arguments = {h.name: _default(h) for h in schedule.hyper}
    return Bound(schedule, arguments | {name: _value(x) for name, x in given.items()})


def number(text: str) -> int | float:
    """The int, or the float next to the number, that an exact text stands for."""
    return int(text) if text.isdigit() else float(Fraction(text))


def _default(argument: object) -> Any:
    match argument:
        case Hyper() if argument.default:
            return number(argument.default)
        case Option() | Choice():
            return argument.default
    return None


def _value(exemplar: Exemplar) -> Any:
    match exemplar:
        case bool():
            return exemplar
        case str():
            try:
                return number(exemplar)
            except ValueError:
                return exemplar  # one word of a choice
        case Lambda():
            return lambdify(exemplar.variables, exemplar.expr, "math")
        case Sample():
            return bound(exemplar.schedule, exemplar.arguments)
    return tuple(map(_value, exemplar))
