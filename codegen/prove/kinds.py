"""Every part of a claim in a file is of the kind that its place is for."""

from collections.abc import Iterator, Mapping
from typing import Any

from sympy import Basic, Expr

from ...specs.language import Optimizer, Schedule, SpecError, Transform
from ...specs.language.claims import Claim, Equivalence, Identity, Part, Side, Stability, Verdict
from ..analysis.fault import short

Kinds = tuple[type, ...]

_MANY = (tuple, list)
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
    Part: {"left": (Expr, int), "right": (Expr, int)},
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
    for where, value, kinds in _places(claim, ""):
        if not isinstance(value, kinds):
            raise SpecError(
                "kind",
                spec=claim.name if isinstance(claim.name, str) else short(claim.name),
                where=where,
                problem=f"{short(value)} is of type {type(value).__name__}",
                remedy=_REMEDIES[kinds[0]],
            )


def _places(of: Any, where: str) -> Iterator[tuple[str, Any, Kinds]]:
    for field, kinds in _FIELDS.get(type(of), {}).items():
        value: Any = getattr(of, field)
        place, within = f"{field}{where}", _WITHIN.get(field)
        yield place, value, kinds
        if within:
            yield from ((place, each, within) for each in value)
        for each in value if within else (value,):
            yield from _places(each, f" of {field}")
