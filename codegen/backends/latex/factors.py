"""Factors as LaTeX: which divide, and what stands between two of them."""

import re

from sympy import Add, Expr, Rational, S

from .numerals import number

_LARGEST_DIVISOR = 10
"""Up to this denominator a factor divides, ``x/2``; beyond it a decimal stands in front."""

_ENDS_IN_WORD = re.compile(r"(^| )\\mathrm\{(?:[^{}]|\{[^{}]*\})*\}(_\w|_\{[^{}]*\})?$")
"""Of a row of factors."""


def divides(factor: Rational) -> bool:
    """Whether a fraction is written with a bar or a slash."""
    return 1 < factor.q <= _LARGEST_DIVISOR


def common_factor(e: Expr) -> Expr:
    """The fraction SymPy has multiplied into a sum: 1/2 of ``x/2 - y/2``; else 1."""
    factors = {abs(term.as_coeff_Mul()[0]) for term in Add.make_args(e)}
    factor = factors.pop()
    small = isinstance(factor, Rational) and divides(factor)
    return factor if small and not factors else S.One


def stays_decimal(coefficient: Rational) -> bool:
    return coefficient.q > _LARGEST_DIVISOR and "/" not in number(coefficient)


def beside(left: str, right: str) -> str:
    """Two factors; digits side by side would read as one number, so they get a dot.

    A word gets a space on either side.
    """
    if right[0].isdigit():
        return rf"{left} \cdot {right}"
    is_word = right.startswith(r"\mathrm") or _ENDS_IN_WORD.search(left)
    return rf"{left} \, {right}" if is_word else f"{left} {right}"
