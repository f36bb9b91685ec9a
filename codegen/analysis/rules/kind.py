"""Every part of a spec is of the kind its place is for: updates are Updates, not SymPy's Eq."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from sympy import Basic, Expr, Symbol

from ....specs.language import (
    Choice,
    Constraint,
    Function,
    Hyper,
    Input,
    Interval,
    Numbers,
    Optimizer,
    Option,
    Output,
    Schedule,
    Schedules,
    Series,
    Shape,
    Source,
    State,
    Update,
    Value,
    View,
)
from ....specs.language.misuse import Unindexed
from ..fault import Fault, short
from ..subject import Subject

CODE = "kind"

_PARTS: dict[str, tuple[type, ...]] = {
    "hyper": (Hyper, Option, Choice),
    "states": (State,),
    "updates": (Update,),
    "constraints": (Constraint,),
}
_BESIDE: dict[str, tuple[type, ...]] = {"outputs": (Output,), "inputs": (Input,)}
_ARGUMENTS = (Hyper, Option, Choice, Numbers, Function, Schedules)
_NOTHING = type(None)
_SPEC: dict[type, dict[str, tuple[type, ...]]] = {
    Optimizer: {
        "step_key": (str,),
        "eager": (bool,),
        "positional": (tuple,),
        "view": (View,),
        "lineage": (tuple,),
    },
    Schedule: {"momentum_when": (Symbol, _NOTHING), "example": (Mapping,), "span": (int,)},
}
_TEXTS: dict[str, tuple[type, ...]] = dict.fromkeys(("name", "summary", "source", "peer"), (str,))
_NAMED: dict[str, tuple[type, ...]] = {
    "symbol": (Symbol,),
    "doc": (str,),
    "latex": (str,),
}
_FIELDS: dict[type, dict[str, tuple[type, ...]]] = {
    Hyper: _NAMED
    | {
        "domain": (Interval,),
        "argument": (str,),
        "optional": (bool,),
        "per_group": (bool,),
        "keyword": (bool,),
        "derived": (Expr, _NOTHING),
        "omissible": (bool,),
    },
    Option: {"flag": (Symbol,), "doc": (str,), "keyword": (bool,), "default": (bool,)},
    Choice: {
        "name": (str,),
        "words": (tuple, list),
        "doc": (str,),
        "omissible": (bool,),
        "keyword": (bool,),
    },
    Numbers: _NAMED | {"domain": (Interval,), "increasing": (bool,)},
    Function: _NAMED | {"optional": (bool,), "per_group": (bool,)},
    Schedules: _NAMED | {"many": (bool,)},
    State: {
        "series": (Series,),
        "init": (Expr, _NOTHING),
        "key": (str,),
        "when": (Basic, bool),
        "shape": (Shape,),
        "domain": (Interval,),
        "latex": (str,),
    },
    Update: {"target": (Basic,), "value": (Basic,)},
    Output: {"name": (str,), "value": (Expr,), "doc": (str,), "latex": (str,)},
    Input: {
        "series": (Series,),
        "source": (Source,),
        "doc": (str,),
        "when": (Basic, bool),
        "domain": (Interval,),
        "latex": (str,),
    },
    Constraint: {"condition": (Basic, bool), "message": (str,)},
}
_PARTS_OF_A_LIST = (Hyper, Option, Choice, State, Update, Constraint, Output, Input)
_WORDS: dict[type, str] = {
    str: "text",
    bool: "True or False",
    _NOTHING: "None",
    int: "a whole number",
    Basic: "SymPy expression",
    Expr: "SymPy expression",
    Mapping: "a dict",
    tuple: "a list",
    list: "a list",
}


def check(subject: Subject) -> Iterator[Fault]:
    spec = subject.spec
    (kind,) = [k for k in (Optimizer, Schedule) if isinstance(spec, k)]
    if type(spec) is not kind:
        yield Fault(
            "its class",
            f"{type(spec).__name__} is a class of its own, of which nothing is generated",
            f"Make it with {kind.__name__}(...)",
        )
        return
    for field, wanted in (_TEXTS | _SPEC[kind]).items():
        yield from _fits(field, getattr(spec, field), wanted)
    if kind is Optimizer and isinstance(view := getattr(spec, "view", None), View):
        yield from _fits("flat of the view", view.flat, (Basic, bool))
        yield from _fits("parts of the view", view.parts, (Expr,))
        yield from _fits("rank of the view", view.rank, (Expr,))
    own = {"hyper": _ARGUMENTS} if kind is Schedule else _BESIDE
    for place, kinds in (_PARTS | own).items():
        parts = getattr(spec, place)
        if not isinstance(parts, tuple):
            yield _fault(place, parts, (list,))
            continue
        for part in parts:
            if not isinstance(part, kinds):
                yield _fault(place, part, kinds)
                continue
            for field, wanted in _FIELDS[type(part)].items():
                where = f"{field} of {_named(part)} in {place}"
                yield from _fits(where, getattr(part, field), wanted)
            yield from _within(part, place)


def _within(part: Any, place: str) -> Iterator[Fault]:
    """What stands in a part that is of the right kind itself."""
    if isinstance(part, Choice):
        words = part.words
        if not words or any(not (isinstance(w, str) and w.isidentifier()) for w in words):
            yield Fault(
                f"words of {_named(part)} in {place}",
                f"{short(words)} are no words",
                'Give one or more, of letters, digits and _: ("min", "max")',
            )
    domain = getattr(part, "domain", None)
    if isinstance(domain, Interval):
        where = f"domain of {_named(part)} in {place}"
        ends = [domain.low, domain.high]
        for end in ends:
            # A float has a rule of its own, which says what to write.
            if end is not None and (not isinstance(end, int | float | Fraction) or end is True):
                yield _fault(where, end, (Fraction,))
                return
        low, high = ends
        is_open = domain.low_open or domain.high_open
        if low is not None and high is not None and (low > high or (low == high and is_open)):
            yield Fault(where, f"no number lies in it: {domain.describe('x')}", "Exchange its ends")


def _fits(where: str, value: object, wanted: tuple[type, ...]) -> Iterator[Fault]:
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        yield _fault(where, value, wanted)


def _named(part: Any) -> str:
    if isinstance(part, Update):
        target = part.target
        return f"the equation of {target if isinstance(target, Value) else short(target)}"
    heads = {Option: "flag", Output: "name", Choice: "name", Constraint: "message"}
    heads |= dict.fromkeys((State, Input), "series")
    head = heads.get(type(part), "symbol")
    return f"{type(part).__name__}({short(getattr(part, head))}, ...)"


def _fault(where: str, value: object, kinds: tuple[type, ...]) -> Fault:
    # Where an expression belongs, Python's truth values have a rule of their own.
    named = [_WORDS.get(k, k.__name__) for k in kinds if k is not bool or len(kinds) == 1]
    either = " or ".join(named)
    has_article = named[0].partition(" ")[0] in ("a", "text", "True", "None")
    remedy = f"Give {either}" if has_article else f"Give {_article(either)} {either}"
    problem = f"{short(value)} is of type {type(value).__name__}, not {either}"
    return Fault(where, problem, _meant(value, kinds) or remedy)


def _meant(value: object, kinds: tuple[type, ...]) -> str:
    """What is usually meant by a value of another kind; nothing where that is not known."""
    is_name = isinstance(value, str) and value.isidentifier()
    match kinds[0]:
        case kind if kind is Update:
            return "Write Update(x[t], ...); SymPy would evaluate Eq"
        case kind if kind is Symbol and is_name:
            return f'Make the symbol first: ({value},) = hyperparameters("{value}"), or flags'
        case kind if kind is Series and is_name:
            return f'Make the series first: ({value},) = states("{value}")'
        case kind if kind is Series and isinstance(value, Value):
            return f"Write {value.name}, without a time"
        case kind if kind in (Basic, Expr) and isinstance(value, Unindexed):
            return f"Write {value.name}[t]"
        case kind if kind is Source:
            return f"Write one of {', '.join(map(str, Source))}"
        case kind if kind is Interval:
            return "Write NON_NEGATIVE, POSITIVE, UNIT, REAL or Interval(low=0, high=1)"
        case kind if kind is Shape:
            return "Write axes, (rows,), (cols,) or (rows, rows), or Shape.PER_TENSOR, Shape.GLOBAL"
        case kind if kind in (tuple, list) and isinstance(value, _PARTS_OF_A_LIST):
            return "Write a list, also of one: [...]"
        case _:
            return ""


def _article(noun: str) -> str:
    return "an" if noun[0] in "AIOU" else "a"
