"""Expressions with their products multiplied out, quotients staying what they are."""

from typing import Any

from sympy import Add, Expr, Integer, Mul, Pow, expand


def opened(e: Any) -> Any:
    """A polynomial expanded; of a quotient, each factor above and below for itself.

    To multiply sums into a quotient would repeat its denominator in every term.
    """
    if not isinstance(e, Expr):  # a case of several: its value and its condition
        return e.func(*map(opened, e.args)) if e.args else e
    if not _has_quotient(e):
        return expand(e)
    if isinstance(e, Mul):
        return _product(list(e.args))
    if e.args:
        return e.func(*(opened(each) for each in e.args))
    return e


def _product(factors: list[Expr]) -> Expr:
    """Sums of quotients multiplied out, other sums with a positive first term."""
    quotients = next((f for f in factors if isinstance(f, Add) and _has_quotient(f)), None)
    if quotients is not None:
        others = [f for f in factors if f is not quotients]
        return Add(*(opened(Mul(*others, term)) for term in quotients.args))
    sign, done = 1, list[Expr]()
    for factor in map(opened, factors):
        turned = isinstance(factor, Add) and factor.could_extract_minus_sign()
        done.append(-factor if turned else factor)
        sign = -sign if turned else sign
    return Mul(Integer(sign), *done)


def _has_quotient(e: Expr) -> bool:
    """Whether something is divided by a sum."""
    return any(p.base.is_Add and p.exp.could_extract_minus_sign() for p in e.atoms(Pow))
