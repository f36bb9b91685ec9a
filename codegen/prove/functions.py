"""Functions of arguments in lowest terms, so that equal calls read the same."""

from sympy import (
    Add,
    Basic,
    Expr,
    Function,
    Integer,
    Mod,
    Mul,
    atan,
    atan2,
    cancel,
    cos,
    erf,
    exp,
    expand,
    floor,
    log,
    pi,
    sin,
    tanh,
)

OPAQUE = (cos, sin, floor, log, tanh, erf, atan, atan2)
"""Functions that are symbols to a normal form, their arguments compared by it."""


def evaluated(e: Basic) -> Basic:
    """The expression with ``Mod`` by its definition and every call's argument in lowest terms.

    Whole numbers come out of a floor, and half turns, as a sign, out of a cosine.
    """
    e = e.replace(Mod, lambda a, b: a - b * floor(a / b))
    return e.replace(lambda n: isinstance(n, (*OPAQUE, exp)), _in_lowest_terms)


def _collected(argument: Expr) -> Expr:
    """A sum of terms, each floor in one of them, times what is in lowest terms.

    The quotient of a difference would otherwise be two terms, and neither of them whole.
    """
    terms = expand(argument)
    floors = sorted(terms.atoms(floor), key=str)
    whole = [cancel(terms.coeff(each)) * each for each in floors]
    rest = expand(cancel(Add(terms, *(-each for each in map(expand, whole)))))
    return Add(*whole, rest)


def _is_whole(e: Expr) -> bool:
    """A floor is, whatever SymPy knows of its argument: where that is no number, nothing is."""
    return all(f.is_integer or isinstance(f, floor) for f in Mul.make_args(e))


def _in_lowest_terms(call: Function) -> Expr:
    argument, *others = (_collected(cancel(a)) for a in call.args)
    if not isinstance(call, cos | sin):
        return call.func(argument, *others)
    turns = [term / pi for term in Add.make_args(argument) if _is_whole(term / pi)]
    sign = Mul(*(Integer(-1) ** turn for turn in turns if not _is_whole(turn / 2)))
    return sign * call.func(argument - pi * Add(*turns))
