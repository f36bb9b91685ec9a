"""A schedule's example makes one: everything required is there, in its domain, and nothing else."""

from collections.abc import Iterator
from fractions import Fraction

from sympy import Lambda

from ....specs.language import (
    Choice,
    Function,
    Hyper,
    Numbers,
    Option,
    Sample,
    Schedule,
    Schedules,
)
from ....specs.language.schedule import Argument
from .. import intervals
from ..fault import Fault
from ..nearby import either, near
from ..subject import Subject

CODE = "example"


def check(subject: Subject) -> Iterator[Fault]:
    schedule = subject.spec
    if isinstance(schedule, Schedule):
        yield from _faults("example", schedule, schedule.example)


def _faults(where: str, schedule: Schedule, example: object) -> Iterator[Fault]:
    given = dict(example) if isinstance(example, dict) else {}
    arguments = {h.name: h for h in schedule.hyper}
    for name in given:
        if name not in arguments:
            close = near(name, arguments)
            remedy = f"Write {either(close)}" if close else "Leave it out"
            yield Fault(where, f"{schedule.name} has no argument {name}", remedy)
    for name, argument in arguments.items():
        what = f"{name} in {where}"
        if name not in given:
            if _is_required(argument):
                yield Fault(what, "it is required, and the example lacks it", f'Add "{name}": ...')
        elif not _fits(argument, given[name]):
            yield Fault(what, f"{given[name]!r} is nothing it can be", f"Give {_wanted(argument)}")
        elif isinstance(argument, Schedules):
            samples = given[name] if argument.many else (given[name],)
            for sample in samples:
                yield from _faults(what, sample.schedule, sample.arguments)


def _is_required(argument: Argument) -> bool:
    match argument:
        case Hyper():
            return argument.is_required
        case Function():
            return not argument.optional
    return isinstance(argument, Numbers | Schedules)


def _fits(argument: Argument, value: object) -> bool:
    match argument:
        case Option():
            return isinstance(value, bool)
        case Choice():
            return value in argument.words
        case Function():
            return isinstance(value, Lambda)
        case Hyper():
            return _is_number(argument, value)
        case Numbers():
            return isinstance(value, tuple) and all(_is_number(argument, x) for x in value)
    if argument.many:
        return isinstance(value, tuple) and all(isinstance(x, Sample) for x in value)
    return isinstance(value, Sample)


def _is_number(argument: Hyper | Numbers, value: object) -> bool:
    try:
        number = Fraction(str(value)) if isinstance(value, str) else None
    except ValueError:
        number = None
    if number is None or (argument.is_whole and number.denominator != 1):
        return False
    return intervals.point(number).within(argument.domain)


def _wanted(argument: Argument) -> str:
    match argument:
        case Option():
            return "True or False"
        case Choice():
            return either(argument.words)
        case Function():
            return "a SymPy Lambda"
        case Hyper() | Numbers():
            kind = "a whole number" if argument.is_whole else "a number"
            listed = f"a tuple, each entry {kind}" if isinstance(argument, Numbers) else kind
            return f'{listed} as text, such as "0.1", {argument.domain.describe(argument.name)}'
    return "a tuple of Samples" if argument.many else "a Sample"
