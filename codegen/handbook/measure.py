"""How wide formulas and cells will be in the book, about: counted in letters, before LaTeX runs."""

import re
from collections.abc import Sequence

TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.DOTALL)
"""Of LaTeX."""

_FONT = re.compile(r"\\(?:mathrm|text|texttt|operatorname)")
_NARROW = {"{": 0.0, "}": 0.0, " ": 0.0, "&": 2.0, r"\,": 0.3, ",": 0.8, "i": 0.7, "(": 0.8}
_NARROW |= {r"\left": 0.0, r"\right": 0.0, r"\displaystyle": 0.0, ")": 0.8, ".": 0.6}
_OPERATORS = {"+", "-", "=", "<", ">", r"\le", r"\ge", r"\ne", r"\to", r"\cdot", r"\times"}
_NAMES = {
    r"\min": 3.5,
    r"\max": 3.8,
    r"\cos": 3.0,
    r"\sin": 2.8,
    r"\tanh": 4.0,
    r"\log": 3.0,
    r"\exp": 3.3,
    r"\lim": 3.0,
}


def width(tex: str) -> float:
    """How wide a formula will be."""
    return width_of(TOKEN.findall(tex))


def width_of(tokens: list[str]) -> float:
    """Of tokens."""
    total, at = 0.0, 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token == r"\frac":
            above, at = _group(tokens, at)
            below, at = _group(tokens, at)
            total += max(width_of(above), width_of(below)) + 0.5
        elif token in ("_", "^"):
            group, at = _group(tokens, at)
            total += 0.72 * width_of(group)
        elif token == r"\sqrt":
            group, at = _group(tokens, at)
            total += width_of(group) + 1.6
        elif token == r"\begin":
            _, at = _group(tokens, at)
            end = at + _matching(tokens[at:])
            total += max(map(width_of, _lines(tokens[at:end]))) + 3
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


def _lines(tokens: list[str]) -> list[list[str]]:
    """The lines of the body of an environment; those of one within it are of one of its lines."""
    found: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token == r"\begin") - (token == r"\end")
        if token == r"\\" and not depth:
            found.append([])
        else:
            found[-1].append(token)
    return found


_PIECE = re.compile(
    r"\$(?P<formula>[^$]+)\$|(?:\{\w+\})?(?P<ticks>`+)(?P<code>.+?)(?P=ticks)|[^\s$`{]+|\{"
)
_CODE = 1.2
"""A letter of code."""
_IN_CODE = re.compile(r"\s+|(?<=[.,;/_=])")
"""Where code may break, if it has to."""
_FORMULA = 1.1
"""By how much a formula in a cell may be wider than it is measured, as none breaks there."""
_LINK = re.compile(r"\[((?:[^\]\\]|\\.)*)\]\([^)]*\)")
_TITLE = "a title of some words"
"""In place of that of a page, which a link without a text shows."""
_WIDE = re.compile(r"[\u2e80-\uffff]")
"""A letter as wide as two, behind which a line may break."""


def shares(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """How wide to make the columns of a table.

    Each is at least as wide as what does not break in it; what is left of the room goes to those
    whose cells are longer.

    Args:
        rows: the cells, in Markdown.
        room: what all columns have together, in letters.
    """
    columns, least = _columns(rows, breaks_code=False)
    if sum(least) > room:
        columns, least = _columns(rows, breaks_code=True)
    wanted = [
        max(sum(cell) + len(cell) for cell in column) - narrow
        for column, narrow in zip(columns, least, strict=True)
    ]
    spare = max(0, room - sum(least)) / max(1, sum(wanted))
    return [
        max(1, round(narrow + min(1, spare) * more))
        for narrow, more in zip(least, wanted, strict=True)
    ]


def _columns(
    rows: Sequence[Sequence[str]], *, breaks_code: bool
) -> tuple[list[list[list[float]]], list[float]]:
    """The widths of what does not break, cell by cell in each column, and the largest of each."""
    columns = [[_pieces(cell, breaks_code) for cell in each] for each in zip(*rows, strict=True)]
    return columns, [max(max(cell, default=0) for cell in column) for column in columns]


def _pieces(cell: str, breaks_code: bool) -> list[float]:
    """The widths of what does not break in a cell: formulas, and words, those of code too."""
    text = _WIDE.sub("oo ", _LINK.sub(lambda link: link[1] or _TITLE, cell))
    return [each for found in _PIECE.finditer(text) for each in _widths(found, breaks_code)]


def _widths(found: re.Match[str], breaks_code: bool) -> list[float]:
    if found["formula"]:
        return [_FORMULA * width(found["formula"])]
    if found["code"]:
        pieces = _IN_CODE.split(found["code"]) if breaks_code else found["code"].split()
        return [_CODE * len(piece) for piece in pieces if piece]
    return [float(len(found[0].replace("\\", "")))]
