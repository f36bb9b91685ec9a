"""Functions of arguments in lowest terms, so that equal calls read the same."""

from sympy import (
    Add,
    Basic,
    Expr,
    Function,
    Integer,
    Mod,
    cancel,
    cos,
    exp,
    expand,
    floor,
    log,
    pi,
    sin,
)

OPAQUE = (cos, sin, floor, log)
"""Functions that are symbols to a normal form, their arguments compared by it."""


def evaluated(e: Basic) -> Basic:
    """The expression with ``Mod`` by its definition and every call's argument in lowest terms.

    Whole numbers come out of a floor, and half turns, as a sign, out of a cosine.
    """
    e = e.replace(Mod, lambda a, b: a - b * floor(a / b))
    return e.replace(lambda n: isinstance(n, (*OPAQUE, exp)), _in_lowest_terms)


def _in_lowest_terms(call: Function) -> Expr:
    argument = expand(cancel(call.args[0]))
    if not isinstance(call, cos | sin):
        return call.func(argument)
    turns = Add(*(term for term in Add.make_args(argument) if (term / pi).is_integer))
    return Integer(-1) ** (turns / pi) * call.func(argument - turns)
