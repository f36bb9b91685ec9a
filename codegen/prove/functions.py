"""Functions of arguments in lowest terms, so that equal calls read the same."""

from collections.abc import Callable, Mapping

from sympy import (
    Add,
    Basic,
    Expr,
    Function,
    Integer,
    Max,
    Min,
    Mod,
    Mul,
    atan,
    atan2,
    cancel,
    cos,
    erf,
    exp,
    expand,
    expand_log,
    floor,
    log,
    pi,
    sin,
    tanh,
)

from ...specs.language.heads import clip, lerp, one_minus_power

OPAQUE = (cos, sin, floor, log, tanh, erf, atan, atan2)
"""Functions that are symbols to a normal form, their arguments compared by it."""


_MEANINGS: Mapping[type[Basic], Callable[..., Expr]] = {
    Mod: lambda a, b: a - b * floor(a / b),
    one_minus_power: lambda base, exponent: 1 - base**exponent,
    lerp: lambda start, end, weight: (1 - weight) * start + weight * end,
    clip: lambda x, low, high: Min(Max(x, low), high),
}


def evaluated(e: Basic) -> Basic:
    """The expression with what is named for short by its definition, arguments in lowest terms.

    Whole numbers come out of a floor, and half turns, as a sign, out of a cosine.
    """
    e = expand_log(written_out(e)).replace(exp, _as_power)
    return e.replace(lambda n: isinstance(n, (*OPAQUE, exp)), _in_lowest_terms)


def written_out(e: Basic) -> Basic:
    """The expression with what is named for short by its definition."""
    for name, meaning in _MEANINGS.items():
        e = e.replace(name, meaning)
    return e


def _as_power(exponent: Expr) -> Expr:
    """The exponential of a sum, where a term is a multiple of a logarithm a power of its argument.

    Of a positive one: of others the logarithm is no number.
    """
    powers, rest = list[Expr](), list[Expr]()
    for term in Add.make_args(expand(exponent) if exponent.has(log) else exponent):
        logs = [f for f in Mul.make_args(term) if isinstance(f, log) and f.args[0].is_positive]
        if logs:
            powers.append(logs[0].args[0] ** (term / logs[0]))
        else:
            rest.append(term)
    return Mul(exp(Add(*rest)), *powers)


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
