"""A decomposition is of what it is defined for, and a factor of many is the value of a state."""

from collections.abc import Iterator

from sympy import Basic, Piecewise

from ....specs.language import GradientAt, Optimizer, Value, theta
from ....specs.language.decompositions import Decomposition
from ....specs.language.occurrences import nodes, pairs
from ....specs.language.reductions import Reduction
from ..fault import Fault
from ..subject import Subject
from ..symmetry import Symmetry

CODE = "decomposition"


def check(subject: Subject) -> Iterator[Fault]:
    found = [
        (where, e, node)
        for where, e in subject.parts()
        for node in nodes(e)
        if isinstance(node, Decomposition)
    ]
    if not found:
        return
    assert isinstance(subject.spec, Optimizer)
    symmetry = Symmetry(subject.spec)
    wholes = {
        id(u.value): {*_wholes(u.value, subject)}
        for u in subject.updates
        if u.target.name in subject.states
    }
    for where, e, node in found:
        name = type(node).__name__
        if node.is_symmetric and not symmetry.holds(node.args[0]):
            yield Fault(
                where,
                f"{name} is taken of what is not known to be symmetric: "
                f"{subject.text(node.args[0])}",
                "Take it of matmul(x, transpose(x)), or of (x + transpose(x)) / 2",
            )
        if node.is_factor and node not in wholes.get(id(e), ()):
            yield Fault(
                where,
                f"{name} gives one factor of many, which no state keeps: {subject.text(node)}",
                "Declare a state for it, as State(Q, init=0, shape=(rows, rows), key=...), and "
                "write Update(Q[t], ...) with nothing else in it, or in a case of a Piecewise by "
                "what is known before any tensor is; then read Q[t]",
            )


def _wholes(e: Basic, subject: Subject) -> Iterator[Basic]:
    """What a value is, in each case that the host tells apart."""
    if not isinstance(e, Piecewise):
        yield e
    elif not any(_is_beside(n, subject) for _, test in pairs(e) for n in nodes(test)):
        for value, _ in pairs(e):
            yield from _wholes(value, subject)


def _is_beside(node: Basic, subject: Subject) -> bool:
    """Whether a part of a condition has to wait for a tensor."""
    if isinstance(node, Value):
        if node.name in subject.intermediates:
            made = next(u.value for u in subject.updates if u.target.name == node.name)
            return any(_is_beside(n, subject) for n in nodes(made))
        state, given = subject.states.get(node.name), subject.inputs.get(node.name)
        of_tensor = not state.shape.on_host if state else given is None or given.is_tensor
        return node.name == theta.name or of_tensor
    return isinstance(node, GradientAt | Reduction)
