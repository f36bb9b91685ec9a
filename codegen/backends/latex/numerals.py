"""Numbers as LaTeX: decimals where they are exact and short."""

from sympy import Rational

from ...notation.text import decimal


def number(value: Rational) -> str:
    """A rational in an equation: ``0.96``, ``10^{-5}``, or a fraction ``1/3``."""
    return scientific(decimal(value))


def scientific(text: str) -> str:
    r"""A number as written in code, with its exponent as a power of ten: ``2 \cdot 10^{-3}``."""
    mantissa, marked, exponent = text.lower().partition("e")
    if not marked:
        return mantissa.removesuffix(".0")
    power = f"10^{{{int(exponent)}}}"
    mantissa = mantissa.removesuffix(".0")
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"
