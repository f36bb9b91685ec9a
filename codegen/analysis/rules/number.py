"""Constants are numbers that double precision has room for."""

from collections.abc import Iterator
from fractions import Fraction

from sympy import Basic, Rational

from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..magnitude import objection, shown
from ..subject import Subject

CODE = "number"


def check(subject: Subject) -> Iterator[Fault]:
    for update in subject.spec.updates:
        # Not as text: the number may have more digits than Python writes.
        yield from _beyond(f"the equation of {update.target}", update.value)
    for where, expression in subject.host_parts():
        yield from _beyond(where, expression)


def _beyond(where: str, expression: Basic) -> Iterator[Fault]:
    for node in nodes(expression):
        if isinstance(node, Rational) and node.is_finite:
            value = Fraction(int(node.p), int(node.q))
            if reason := objection(value):
                yield Fault(
                    where,
                    f"{shown(value)} {reason}",
                    "Write the equation with numbers of a smaller range",
                )
