r"""Formulas cut into rows that a page of the book is wide enough for.

A formula is cut before a plus or a minus; one that has none, or whose terms are too wide
themselves, is written with slashes for fractions, and then also within parentheses and between
factors.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sympy import Basic

from ..measure import TOKEN, width, width_of
from .printer import ProofPrinter

WIDEST = 74.0
"""Of a row, in letters: what 160 mm of text hold at 10 pt, less an equals sign and an indent."""

_TOLERATED = 1.1
"""Widths are estimates."""

_OPENING, _CLOSING = ("{", r"\left", r"\begin"), ("}", r"\right", r"\end")
_SHORT = 24.0
"""Parentheses up to this width stay whole."""


def rows(e: Basic, printer: ProofPrinter, room: float = WIDEST) -> list[str]:
    """The formula in rows, all but the first of which begin with their operator."""
    tex = printer.expression(e)
    if width(tex) <= room:
        return [tex]
    cut = _packed(_pieces(tex, deep=False), room)
    if all(width(row) <= room for row in cut):
        return cut
    plain = re.sub(r"\\left([^A-Za-z\\]|\\.)", r"\\bigl\1", printer.inline(e))
    plain = re.sub(r"\\right([^A-Za-z\\]|\\.)", r"\\bigr\1", plain)
    return _packed(_pieces(plain, deep=True), room)


def fits(cut: Sequence[str]) -> bool:
    """Whether rows are no wider than a page, but for what cannot be seen."""
    return all(width(row) <= _TOLERATED * WIDEST for row in cut)


Row: TypeAlias = tuple[str, str]
"""What stands before the place where rows are aligned, and what stands behind it."""


def chained(steps: Sequence[Sequence[str]]) -> Iterator[Row]:
    """Formulas in rows, each equal to the next, aligned at their equals signs."""
    (first, *more), *others = steps
    if others and not more and width(first) <= WIDEST / 3:
        (head, *rest), *others = others
        yield first, f"= {head}"
        yield from continued(rest)
    else:
        yield "", first
        yield from continued(more)
    for head, *rest in others:
        yield "", f"= {head}"
        yield from continued(rest)


def continued(rest: Sequence[str]) -> Iterator[Row]:
    """The rows of a formula after its first."""
    return (("", rf"\quad {{}} {row}") for row in rest)


def aligned(listed: Sequence[Row]) -> list[str]:
    """Rows for a display; one by itself has nothing to be aligned with."""
    mark = "&" if len(listed) > 1 else ""
    return [f"{before} {mark}{behind}".strip() for before, behind in listed]


def _packed(pieces: Sequence[str], room: float) -> list[str]:
    """As many pieces in a row as there is room for."""
    packed: list[str] = []
    for piece in pieces:
        if packed and width(packed[-1]) + width(piece) <= room:
            packed[-1] += f" {piece}"
        else:
            packed.append(piece)
    return packed


def _pieces(tex: str, *, deep: bool) -> list[str]:
    """The formula cut before every operator that stands in no group.

    Args:
        tex: the formula.
        deep: cut within long parentheses too, and between what stands in parentheses.
    """
    tokens = TOKEN.findall(tex)
    pieces, depth, last = [""], 0, ""
    closed_at = 0
    for k, token in enumerate(tokens):
        is_factor = deep and token in ("(", r"\bigl") and last in (")", "]")
        is_operator = token in ("+", "-") and last not in ("", "(", "[")
        if not depth and k >= closed_at and (is_operator or is_factor) and pieces[-1].strip():
            pieces.append(r"\times " if is_factor else "")
        if token == "(" and k >= closed_at:
            end = _closing(tokens, k)
            if not deep or width_of(tokens[k:end]) <= _SHORT:
                closed_at = end
        pieces[-1] += token
        depth += (token in _OPENING) - (token in _CLOSING)
        last = token if token.strip() else last
    return [piece.strip() for piece in pieces]


def _closing(tokens: list[str], at: int) -> int:
    """Behind the parenthesis that closes the one at a token."""
    depth = 0
    for k in range(at, len(tokens)):
        depth += (tokens[k] == "(") - (tokens[k] == ")")
        if not depth:
            return k + 1
    raise ValueError("a parenthesis does not close")
