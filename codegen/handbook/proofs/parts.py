"""Names for parts of formulas that no row of the book is wide enough for.

What can be cut nowhere is a case distinction, a function, or the root of a sum. In a formula that
does not fit, those that take much of a row get names; and so do, in what these stand for, others.
"""

from sympy import Basic, Max, Min, Piecewise, Symbol, default_sort_key
from sympy.core.function import AppliedUndef, Function

from ..measure import width
from .printer import ProofPrinter
from .roots import is_root
from .rows import WIDEST, fits, rows

_WIDE = 18.0
"""A part below this width, in letters, is read where it stands."""

_ROOM = WIDEST - 6
"""A row with a name before it."""


def named_parts(
    e: Basic, names: dict[Basic, Symbol], prints: ProofPrinter
) -> tuple[Basic, dict[Symbol, Basic]]:
    """A formula with names for its wide parts, where it is too wide, and what the new ones mean.

    Args:
        e: the formula.
        names: those that parts have; more are added.
        prints: how it is written.
    """
    known = len(names)
    shown = _with_names(e, names, prints)
    meanings: dict[Symbol, Basic] = {}
    while known + len(meanings) < len(names):
        part, name = [*names.items()][known + len(meanings)]
        meanings[name] = _with_names(part, names, prints)
    return shown, meanings


def _with_names(e: Basic, names: dict[Basic, Symbol], prints: ProofPrinter) -> Basic:
    if fits(rows(e, prints, _ROOM)):
        return e
    parts = {part for child in e.args for part in _outermost(child, prints)}
    for part in sorted(parts, key=default_sort_key):
        names.setdefault(part, Symbol(f"A_{len(names) + 1}", real=True))
    return e.xreplace({part: names[part] for part in parts})


def _outermost(e: Basic, prints: ProofPrinter) -> set[Basic]:
    """The wide parts that are in no other."""
    if _is_whole(e) and width(prints.expression(e)) > _WIDE:
        return {e}
    return {part for child in e.args for part in _outermost(child, prints)}


def _is_whole(e: Basic) -> bool:
    is_named = isinstance(e, Piecewise | Function | Max | Min) and not isinstance(e, AppliedUndef)
    return is_named or is_root(e)
