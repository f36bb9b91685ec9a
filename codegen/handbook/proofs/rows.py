r"""Formulas cut into rows that a page of the book is wide enough for.

A formula is cut before a plus or a minus; one that has none, or whose terms are too wide
themselves, is written with slashes for fractions, and then also within parentheses and between
factors.
"""

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sympy import Basic

from .printer import ProofPrinter

WIDEST = 74.0
"""Of a row, in letters: what 160 mm of text hold at 10 pt, less an equals sign and an indent."""

_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.DOTALL)
_FONT = re.compile(r"\\(?:mathrm|text|texttt|operatorname)")
_NARROW = {"{": 0.0, "}": 0.0, " ": 0.0, "&": 2.0, r"\,": 0.3, ",": 0.8, "i": 0.7, "(": 0.8}
_NARROW |= {r"\left": 0.0, r"\right": 0.0, r"\displaystyle": 0.0, ")": 0.8, ".": 0.6}
_OPERATORS = {"+", "-", "=", "<", ">", r"\le", r"\ge", r"\ne", r"\to", r"\cdot", r"\times"}
_OPENING, _CLOSING = ("{", r"\left", r"\begin"), ("}", r"\right", r"\end")
_SHORT = 24.0
"""Parentheses up to this width stay whole."""

_NAMES = {r"\min": 3.5, r"\max": 3.8, r"\cos": 3.0, r"\log": 3.0, r"\exp": 3.3, r"\lim": 3.0}


def width(tex: str) -> float:
    """How wide a formula will be, about, in letters."""
    return _width(_TOKEN.findall(tex))


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
    tokens = _TOKEN.findall(tex)
    pieces, depth, last = [""], 0, ""
    closed_at = 0
    for k, token in enumerate(tokens):
        is_factor = deep and token in ("(", r"\bigl") and last in (")", "]")
        is_operator = token in ("+", "-") and last not in ("", "(", "[")
        if not depth and k >= closed_at and (is_operator or is_factor) and pieces[-1].strip():
            pieces.append(r"\times " if is_factor else "")
        if token == "(" and k >= closed_at:
            end = _closing(tokens, k)
            if not deep or _width(tokens[k:end]) <= _SHORT:
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


def _width(tokens: list[str]) -> float:
    total, at = 0.0, 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token == r"\frac":
            above, at = _group(tokens, at)
            below, at = _group(tokens, at)
            total += max(_width(above), _width(below)) + 0.5
        elif token in ("_", "^"):
            group, at = _group(tokens, at)
            total += 0.72 * _width(group)
        elif token == r"\sqrt":
            group, at = _group(tokens, at)
            total += _width(group) + 1.6
        elif token == r"\begin":
            _, at = _group(tokens, at)
            end = at + _matching(tokens[at:])
            lines = "".join(tokens[at:end]).split(r"\\")
            total += max(_width(_TOKEN.findall(line)) for line in lines) + 3
            _, at = _group(tokens, end + 1)
        elif _FONT.fullmatch(token):
            group, at = _group(tokens, at)
            total += 0.95 * len("".join(group).replace("\\", ""))
        elif token in _OPERATORS:
            total += 2.4
        elif token == r"\sum":
            total += 2.5
        else:
            total += _NAMES.get(token, _NARROW.get(token, 1.1))
    return total


def _group(tokens: list[str], at: int) -> tuple[list[str], int]:
    """The argument that begins at a token, and where what follows it begins."""
    while tokens[at] == " ":
        at += 1
    if tokens[at] != "{":
        return tokens[at : at + 1], at + 1
    depth, start = 0, at
    while True:
        depth += (tokens[at] == "{") - (tokens[at] == "}")
        at += 1
        if not depth:
            return tokens[start + 1 : at - 1], at


def _matching(tokens: list[str]) -> int:
    """Where the environment ends whose body the tokens are."""
    depth = 1
    for k, token in enumerate(tokens):
        depth += (token == r"\begin") - (token == r"\end")
        if not depth:
            return k
    raise ValueError("an environment does not end")
