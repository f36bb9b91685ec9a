"""Numbers are exact: a float is already rounded, and 0.1 is not a tenth."""

import math
from collections.abc import Iterator
from fractions import Fraction

from sympy import Basic, Float

from ....specs.language import Hyper, Interval, Numbers
from ..fault import Fault
from ..subject import Subject, declared

CODE = "float"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        yield from _floats(subject.equation(update), update.value)
    for where, expression in subject.host_parts():
        yield from _floats(where, expression)
    numbers = [h for h in subject.spec.hyper if isinstance(h, Hyper | Numbers)]
    for declaration in (*numbers, *subject.spec.states):
        yield from _bounds(declared(declaration), declaration.domain)


def _floats(where: str, expression: Basic) -> Iterator[Fault]:
    for number in sorted(expression.atoms(Float), key=str):
        text = f"{float(number)!r}"
        yield Fault(
            where,
            f"{text} is a float",
            _exactly(float(number)),
        )


def _exactly(number: float) -> str:
    if abs(number) == math.pi:
        return "Write pi, from sympy"
    return f'Write Rational("{number!r}"), or make it a hyperparameter'


def _bounds(where: str, domain: Interval) -> Iterator[Fault]:
    for bound in (domain.low, domain.high):
        if bound is not None and not isinstance(bound, int | Fraction):
            yield Fault(
                where, f"its domain ends at the float {bound}", f'Write Fraction("{bound}")'
            )
