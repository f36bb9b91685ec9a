"""What declarations compute is known before a step: hyperparameters, options and numbers."""

from collections.abc import Iterator

from sympy import Symbol

from ....specs.language import GradientAt, Value, t
from ..fault import Fault
from ..occurrences import nodes
from ..subject import Subject

CODE = "declaration"


def check(subject: Subject) -> Iterator[Fault]:
    for where, expression in subject.host_parts():
        for node in nodes(expression):
            if isinstance(node, Value | GradientAt) or (isinstance(node, Symbol) and node == t):
                yield Fault(
                    where,
                    f"{subject.text(node)} is only known within a step",
                    "Use hyperparameters, options and numbers alone, or move it to an equation",
                )
                break
