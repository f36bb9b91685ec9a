"""A case distinction covers every case: its last condition is ``True``."""

from collections.abc import Iterator

from sympy import Piecewise

from ....specs.language.occurrences import nodes, pairs
from ..fault import Fault
from ..subject import Subject

CODE = "no-default"


def check(subject: Subject) -> Iterator[Fault]:
    for where, expression in subject.parts():
        for node in nodes(expression):
            if not isinstance(node, Piecewise):
                continue
            value, condition = pairs(node)[-1]
            if condition != True:  # noqa: E712  SymPy's true, which is not Python's
                yield Fault(
                    where,
                    f"the case {subject.text(value)} if {subject.text(condition)} is the last, "
                    "and nothing is said for when it does not hold",
                    "End the Piecewise with (..., True)",
                )
