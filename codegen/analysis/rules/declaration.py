"""What declarations compute is known before a step: hyperparameters, options and numbers.

A state of the parameter's shape can start as a copy of it, too.
"""

from collections.abc import Iterator

from sympy import Symbol, sympify

from ....specs.language import GradientAt, Shape, Value, t, theta
from ....specs.language.occurrences import nodes
from ..fault import Fault
from ..matrices import of_matrices
from ..subject import Subject, declared

CODE = "declaration"


def check(subject: Subject) -> Iterator[Fault]:
    for state in subject.states.values():
        if any(isinstance(n, Symbol) and n.name == "lr" for n in nodes(sympify(state.when))):
            yield Fault(
                f"state {state.name}",
                "whether it exists depends on lr, which may change from step to step",
                "Use another hyperparameter, or put lr into the equations",
            )
        if state.starts_as_parameter and state.shape is not Shape.TENSOR:
            yield Fault(
                f"init of state {state.name}",
                f"{state.name} is a scalar, one number for all elements, and cannot start as "
                "theta[0], which has one each",
                f"Start it as a number, or declare State({state.name}, ..., shape=Shape.TENSOR)",
            )
        if matrix := next(filter(of_matrices, nodes(sympify(state.init or 0))), None):
            yield Fault(
                f"init of state {state.name}",
                f"{subject.text(matrix)} is a matrix, and a state starts as one number for all "
                "its elements, or as theta[0]",
                f"Write init=None, and what it was in the equations as Piecewise(({matrix}, "
                f"Eq(t, 1)), ({state.name}[t - 1], True))",
            )
    copies = {f"init of state {s.name}" for s in subject.states.values() if s.starts_as_parameter}
    others = {declared(output) for output in subject.outputs}
    others |= {f"when of {declared(given)}" for given in subject.inputs.values()}
    for where, expression in subject.host_parts():
        if where in copies or where in others:
            continue
        for node in nodes(expression):
            if isinstance(node, Value | GradientAt) or (isinstance(node, Symbol) and node == t):
                yield Fault(where, *_unknown(subject, where, node))
                break


def _unknown(subject: Subject, where: str, node: Value | GradientAt | Symbol) -> tuple[str, str]:
    """What is wrong with what is not known before a step, and what to do instead."""
    if not (where.startswith("init") and isinstance(node, Value) and node.name == theta.name):
        return (
            f"{subject.text(node)} is only known within a step",
            "Use hyperparameters, options and numbers alone, or move it to an equation",
        )
    how = (
        "Write init=theta[0] for a copy of the parameter; for anything else that is made of it, "
        "init=None and an equation with Piecewise((..., Eq(t, 1)), (..., True))"
    )
    if node != theta[0]:
        return f"{subject.text(node)} is only known within a step", how
    return "a state starts as theta[0] or as a number, and this is made of theta[0]", how
