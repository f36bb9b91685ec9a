"""Every part of a spec is of the kind its place is for: updates are Updates, not SymPy's Eq."""

from collections.abc import Iterator
from typing import Any

from sympy import Basic, Symbol

from ....specs.language import (
    Choice,
    Constraint,
    Function,
    Hyper,
    Interval,
    Numbers,
    Option,
    Schedule,
    Schedules,
    Series,
    Shape,
    State,
    Update,
)
from ..fault import Fault
from ..subject import Subject

CODE = "kind"

_PARTS: dict[str, tuple[type, ...]] = {
    "hyper": (Hyper, Option),
    "states": (State,),
    "updates": (Update,),
    "constraints": (Constraint,),
}
_ARGUMENTS = (Hyper, Option, Choice, Numbers, Function, Schedules)
_FIELDS: dict[type, dict[str, tuple[type, ...]]] = {
    Hyper: {"symbol": (Symbol,), "domain": (Interval,)},
    Option: {"flag": (Symbol,)},
    Choice: {"words": (tuple, list)},
    Numbers: {"symbol": (Symbol,), "domain": (Interval,)},
    Function: {"symbol": (Symbol,)},
    Schedules: {"symbol": (Symbol,)},
    State: {"series": (Series,), "shape": (Shape,), "when": (Basic, bool)},
    Update: {"value": (Basic,)},
    Constraint: {"condition": (Basic, bool)},
}


def check(subject: Subject) -> Iterator[Fault]:
    of_schedule = {"hyper": _ARGUMENTS} if isinstance(subject.spec, Schedule) else {}
    for place, kinds in (_PARTS | of_schedule).items():
        for part in getattr(subject.spec, place):
            if not isinstance(part, kinds):
                yield _fault(place, part, kinds)
                continue
            for field, wanted in _FIELDS[type(part)].items():
                value = getattr(part, field)
                if not isinstance(value, wanted):
                    yield _fault(f"{field} of {_named(part)} in {place}", value, wanted)


def _named(part: Any) -> str:
    if isinstance(part, Update):
        return f"the equation of {part.target}"
    heads = {Option: "flag", Choice: "name", State: "series", Constraint: "message"}
    head = heads.get(type(part), "symbol")
    return f"{type(part).__name__}({getattr(part, head)!r}, ...)"


def _fault(where: str, value: object, kinds: tuple[type, ...]) -> Fault:
    either = " or ".join(k.__name__ for k in kinds if k is not bool)
    either = either.replace("Basic", "SymPy expression")
    remedy = f"Give {'an' if either[0] in 'IO' else 'a'} {either}"
    if kinds == (Update,):
        remedy = "Write Update(x[t], ...); SymPy would evaluate Eq"
    return Fault(where, f"{value} is of type {type(value).__name__}, not {either}", remedy)
