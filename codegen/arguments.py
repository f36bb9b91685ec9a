"""A schedule with its arguments, as the values Python would be given."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Lambda, lambdify

from ..specs.language import Choice, Hyper, Option, Sample, Schedule
from ..specs.language.arguments import Exemplar


@dataclass(frozen=True)
class Bound:
    """A schedule and all its arguments by name.

    Numbers are ints and floats, lists tuples, functions callables, schedules :class:`Bound`.
    What is left out is None.
    """

    schedule: Schedule
    arguments: Mapping[str, Any]


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
