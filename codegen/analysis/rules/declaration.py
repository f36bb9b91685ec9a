"""What declarations compute is known before a step: hyperparameters, options and numbers."""

from collections.abc import Iterator

from sympy import Symbol, sympify

from ....specs.language import GradientAt, Value, t
from ..fault import Fault
from ..occurrences import nodes
from ..subject import Subject

CODE = "declaration"


def check(subject: Subject) -> Iterator[Fault]:
    for state in subject.states.values():
        parts = [sympify(part) for part in (state.init, state.when) if part is not None]
        if any(isinstance(n, Symbol) and n.name == "lr" for part in parts for n in nodes(part)):
            yield Fault(
                f"state {state.name}",
                "it depends on lr, which may change from step to step",
                "Use another hyperparameter, or put lr into the equations",
            )
    for where, expression in subject.host_parts():
        for node in nodes(expression):
            if isinstance(node, Value | GradientAt) or (isinstance(node, Symbol) and node == t):
                yield Fault(
                    where,
                    f"{subject.text(node)} is only known within a step",
                    "Use hyperparameters, options and numbers alone, or move it to an equation",
                )
                break
