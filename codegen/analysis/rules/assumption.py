"""Symbols are assumed to be what their domains say: SymPy simplifies by what is assumed.

Of a symbol that is declared positive, it drops ``Abs``; where the domain holds negative numbers,
the code would then climb where the equation descends.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from sympy import Basic, Symbol

from ....specs.language import GradientAt, Hyper, Interval, Numbers, Value
from ....specs.language.domains import REAL
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..subject import Subject, declared

CODE = "assumption"

_FACTS = (
    "commutative",
    *("positive", "negative", "zero", "nonnegative", "nonpositive", "nonzero"),
    *("integer", "rational", "irrational", "algebraic", "transcendental"),
    *("even", "odd", "prime", "composite", "noninteger"),
    *("real", "imaginary", "complex", "finite", "infinite"),
)
"""What SymPy can be told of a symbol, the most telling first."""


def check(subject: Subject) -> Iterator[Fault]:
    for each in subject.spec.hyper:
        if isinstance(each, Hyper | Numbers) and isinstance(each.symbol, Symbol):
            yield from _beyond(declared(each), each.symbol, each.domain, each.is_whole)
    for kept in (*subject.spec.states, *subject.inputs.values()):
        yield from _beyond(declared(kept), kept.series.symbol, kept.domain)
    for where, expression in subject.parts():
        for node in nodes(expression):
            if isinstance(node, Value | GradientAt):
                declares = subject.states.get(node.name) or subject.inputs.get(node.name)
                domain = declares.domain if declares and isinstance(node, Value) else REAL
                for part in (node, node.args[0]):
                    yield from _beyond(f"{subject.text(node)} in {where}", part, domain)


def _beyond(where: str, symbol: Basic, domain: Interval, whole: bool = False) -> Iterator[Fault]:
    """The most telling assumption about a symbol that does not follow from its domain, if any."""
    follows = _assumed(Symbol("x", **_implied(domain), **({"integer": True} if whole else {})))
    assumed = _assumed(symbol)
    beyond = [f for f, holds in assumed.items() if holds is not None and holds is not follows[f]]
    if beyond:
        fact = next((fact for fact in beyond if assumed[fact]), beyond[0])
        name = str(getattr(symbol, "name", symbol))
        yield Fault(
            where,
            f"SymPy is told that {name} is {'' if assumed[fact] else 'not '}{fact}, which its "
            f"domain {_described(domain, name)} does not say, and would simplify by it",
            "Make the symbol with the language's own functions, such as hyperparameters or "
            "states, which assume what is always true; or narrow the domain",
        )


@cache
def _assumed(symbol: Basic) -> Mapping[str, bool | None]:
    """What SymPy takes for true or false of a symbol; None where it is neither."""
    return {fact: getattr(symbol, f"is_{fact}") for fact in _FACTS}


def _described(domain: Interval, name: str) -> str:
    described = domain.describe(name)
    return "of all reals" if described == name else described


def _implied(domain: Interval) -> dict[str, bool]:
    """What SymPy can be told of all numbers of a domain."""
    low, high = domain.low, domain.high
    implied = {"real": True}
    if low is not None and low >= 0:
        implied["nonnegative" if low == 0 and not domain.low_open else "positive"] = True
    if high is not None and high <= 0:
        implied["nonpositive" if high == 0 and not domain.high_open else "negative"] = True
    return implied
