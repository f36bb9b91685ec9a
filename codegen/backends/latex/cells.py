"""What stands in tables and boxes, before it is written in one markup or another.

A cell is a row of pieces, each of which every markup writes its own way: formulas, code, what the
spec says, and the few words of the tables themselves, by key.
"""

from dataclasses import dataclass
from typing import TypeAlias

from .escape import code, escaped

WORDS = {
    "none": "--",
    "always": "always",
    "if": "if",
    "required": "required",
    "nothing": "none",
    "flag": "flag",
    "choice": "choice",
    "schedule": "schedule",
    "schedules": "schedules",
    "keyword": " (keyword only)",
    "per_group": " (or one for each group)",
    "increasing": "; in ascending order",
    "colon": ": ",
    "comma": ", ",
    "space": " ",
    "scalar": "scalar",
    "tensor": "tensor",
    "one_a_tensor": "one a tensor",
    "one_for_all": "one for all tensors",
    "first_from": "first value from the equation for",
    "matrix_of_last": "the last two axes, behind a batch",
    "matrix_of_first": "the first axis by all others",
    "else": "else",
    "cut_into": "; each consists, row by row, of as many equal ones as",
    "basis_of": "; most vectors of a basis:",
}


@dataclass(frozen=True)
class Formula:
    """LaTeX for math mode."""

    tex: str


@dataclass(frozen=True)
class Code:
    """A word of code."""

    text: str


@dataclass(frozen=True)
class Said:
    """What the spec says, in plain text."""

    text: str


@dataclass(frozen=True)
class Word:
    """One of the tables' own words, or what separates pieces."""

    key: str


Piece: TypeAlias = Formula | Code | Said | Word
Cell: TypeAlias = tuple[Piece, ...]


def latex(cell: Cell) -> str:
    """The cell as LaTeX for use in text."""
    return "".join(map(_latex, cell))


def _latex(piece: Piece) -> str:
    match piece:
        case Formula():
            return f"${piece.tex}$"
        case Code():
            return code(piece.text)
        case Said():
            return escaped(piece.text)
        case Word():
            return WORDS[piece.key]
