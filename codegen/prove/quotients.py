"""Quotients of polynomials."""

from sympy import Expr, Rational, cancel, default_sort_key, expand, fraction, together


def lowest(e: Expr) -> Expr:
    """The quotient in lowest terms.

    It is expanded first: SymPy's cancel leaves ``-1/9 + 1/9`` of a sum that vanishes.
    """
    numerator, denominator = fraction(together(e))
    return cancel(expand(numerator) / expand(denominator))


def at_small(factor: Expr) -> Expr:
    """Its value where all symbols are small and positive."""
    symbols = sorted(factor.free_symbols, key=default_sort_key)
    return factor.xreplace({s: Rational(1, 7 + 2 * i) for i, s in enumerate(symbols)})
