"""Every part of a claim in a file is of the kind that its place is for, and is about its rules."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from sympy import Basic, Expr, Float

from ...specs.language import Optimizer, Schedule, SpecError, Transform
from ...specs.language.claims import Claim, Equivalence, Identity, Part, Side, Stability, Verdict
from ...specs.language.occurrences import nodes
from ..analysis.fault import short

Kinds = tuple[type, ...]

_MANY = (tuple, list)
_EXPRESSIONS = (Expr, int)
_SAID: dict[str, Kinds] = {
    "name": (str,),
    "statement": (str,),
    "assumptions": _MANY,
    "source": (str,),
    "about": _MANY,
}
_FIELDS: dict[type, dict[str, Kinds]] = {
    Equivalence: _SAID
    | {"left": (Side,), "right": (Side,), "phi": (Mapping,), "expected": (Verdict, type(None))},
    Identity: _SAID | {"parts": _MANY, "expected": (Verdict,), "where": (Mapping,)},
    Stability: _SAID | {"side": (Side,), "expected": (Verdict,)},
    Side: {"spec": (Optimizer,), "options": _MANY, "hyper": (Mapping,)},
    Part: {"left": _EXPRESSIONS, "right": _EXPRESSIONS},
}
_WITHIN: dict[str, Kinds] = {
    "parts": (Part,),
    "options": (Basic,),
    "phi": (Basic,),
    "hyper": (Basic,),
    "where": (Basic,),
    "assumptions": (str,),
    "about": (str, Optimizer, Schedule, Transform),
}
"""What stands in those that are of many, and is a key in those that are a dict."""

_REMEDIES: dict[type, str] = {
    str: "Write text, in quotes",
    tuple: "Write a tuple, of one thing too: (x,)",
    Side: "Write Side(rule), with what is set beside it: Side(rule, hyper={lr: 2 * lr})",
    Part: 'Write Part("label", left, right)',
    Verdict: "Write Verdict.PROVED, or Verdict.REFUTED",
    Mapping: "Write a dict, {x: y}",
    Optimizer: "Give a rule",
    Basic: "Write the symbol itself without quotes, a series at its time: m[t]",
    Expr: "Write an expression; of conditions nothing is proved",
}


def require_kinds(claim: Claim) -> None:
    """Refuse a claim with something in a place that is for something else.

    Raises:
        SpecError: it is one.
    """
    error = partial(
        SpecError, spec=claim.name if isinstance(claim.name, str) else short(claim.name)
    )
    for where, value, kinds in _places(claim, ""):
        for number in _floats(value):
            problem, remedy = f"{number!r} is a float", f'Write Rational("{number!r}")'
            raise error("float", where=where, problem=problem, remedy=remedy)
        if not isinstance(value, kinds):
            problem = f"{short(value)} is of type {type(value).__name__}"
            raise error("kind", where=where, problem=problem, remedy=_REMEDIES[kinds[0]])
        if isinstance(value, Side) and (odd := _strangers(value)):
            problem = f"{value.spec.name} has no {odd[0]}"
            names = ", ".join(h.name for h in value.spec.hyperparameters)
            remedy = f"Name one of {names}, or leave it out"
            raise error("hyper", where=f"hyper of {where}", problem=problem, remedy=remedy)
        if isinstance(value, Side) and (flag := _stranger(value)) is not None:
            flags = ", ".join(o.name for o in value.spec.options)
            problem = f"{value.spec.name} has no option {flag}"
            remedy = f"Name one of {flags}, or leave it out" if flags else "Leave it out"
            raise error("option", where=f"options of {where}", problem=problem, remedy=remedy)
        if where == "parts" and not value:
            problem, remedy = "there is none, so nothing is claimed", "Write what is equal to what"
            raise error("given", where=where, problem=problem, remedy=remedy)


def _floats(value: Any) -> list[float]:
    """Those in an expression: a float is already rounded, and 0.1 is not a tenth."""
    if isinstance(value, float):
        return [value]
    return sorted(map(float, value.atoms(Float))) if isinstance(value, Basic) else []


def _strangers(side: Side) -> list[Basic]:
    """What is set of a rule that has nothing of it."""
    if not (isinstance(side.spec, Optimizer) and isinstance(side.hyper, Mapping)):
        return []
    known = {node for update in side.spec.updates for node in nodes(update.value)}
    return [x for x in side.hyper if isinstance(x, Basic) and x not in known | side.spec.symbols]


def _stranger(side: Side) -> Basic | None:
    """An option that a rule is taken with, and does not have."""
    if not isinstance(side.spec, Optimizer):
        return None
    known = {option.flag for option in side.spec.options}
    return next(
        (each for each in side.options if isinstance(each, Basic) and each not in known), None
    )


def _places(of: Any, where: str) -> Iterator[tuple[str, Any, Kinds]]:
    for field, kinds in _FIELDS.get(type(of), {}).items():
        value: Any = getattr(of, field)
        place, within = f"{field}{where}", _WITHIN.get(field)
        yield place, value, kinds
        if within:
            yield from ((place, each, within) for each in value)
        if isinstance(value, Mapping):
            yield from ((place, each, _EXPRESSIONS) for each in value.values())
        for each in value if within else (value,):
            yield from _places(each, f" of {field}")
