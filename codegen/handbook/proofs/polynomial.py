"""Polynomials as texts write them: by falling powers, each coefficient as it was declared."""

from typing import cast

from sympy import Expr, Rational, Symbol

from .printer import ProofPrinter

_SMALL = Rational(1, 9)
"""A coefficient that is negative where all its symbols are this is written as subtracted."""


def polynomial(e: Expr, variable: Symbol, printer: ProofPrinter) -> str:
    r"""``z^2 - (1 + \beta) z + \beta``."""
    text = ""
    for power in range(e.as_poly(variable).degree(), -1, -1):  # pyright: ignore
        coefficient = cast(Expr, e.coeff(variable, power))
        if coefficient == 0:
            continue
        small = dict.fromkeys(coefficient.free_symbols, _SMALL)
        is_subtracted = bool(cast(Expr, coefficient.xreplace(small)).is_negative)
        magnitude = -coefficient if is_subtracted else coefficient
        factor = "" if magnitude == 1 and power else printer.expression(magnitude)
        if magnitude.is_Add and (power or is_subtracted):
            factor = f"({factor})"
        sign = "-" if is_subtracted else "+"
        text += f" {sign} " if text else sign.strip("+")
        text += f"{factor} {printer.expression(variable**power)}".strip() if power else factor
    return text
