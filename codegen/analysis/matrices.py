"""Whether a rule can only be given matrices: an operation on rows and columns is always reached."""

from collections.abc import Iterator

from sympy import Basic, Piecewise

from ...specs.language import (
    Axis,
    Optimizer,
    State,
    Value,
    descending,
    diagonal,
    identity,
    leading,
    lower,
    matmul,
    solve,
    trace,
    transpose,
)
from ...specs.language.decompositions import Decomposition
from ...specs.language.occurrences import nodes
from ...specs.language.reductions import Reduction
from ..notation.memo import once
from .cases import Case
from .courses import Courses


def goes_along_axes(spec: Optimizer) -> bool:
    """Whether rows and columns are anything to a rule: to an operation, a state, or as numbers."""
    read = (node for state in spec.states for node in nodes(state.when))
    return any(map(_has_axes, spec.states)) or any(
        isinstance(node, Axis) or of_matrices(node) for node in (*_all_nodes(spec), *read)
    )


@once
def needs_matrices(spec: Optimizer) -> bool:
    """Whether some step of an analysed rule needs two axes of a parameter that may have fewer."""
    if not (any(map(_has_axes, spec.states)) or any(of_matrices(n) for n in _all_nodes(spec))):
        return False  # as of most rules, whose cases need not be looked at
    courses = Courses(spec, spec.updates)
    kept = [s for s in spec.states if _has_axes(s)]
    return any(
        case.exists(state)
        for state in kept
        for case in courses.distinctions.cases(courses.distinctions.within(state.when))
        if _may_be_short(case)
    ) or any(
        of_matrices(node)
        for update in spec.updates
        if any(map(of_matrices, nodes(update.value)))
        for case in courses.of(update)
        if _may_be_short(case)
        for node in _reached(update.value, case)
    )


def _all_nodes(spec: Optimizer) -> Iterator[Basic]:
    return (node for update in spec.updates for node in nodes(update.value))


def _may_be_short(case: Case) -> bool:
    return case.shape is None or len(case.shape) < 2


def _has_axes(state: State) -> bool:
    return len(state.shape.axes) == 2 and not state.shape.is_whole


def of_matrices(node: Basic) -> bool:
    """Whether an operation is one of matrices, or of their rows or columns."""
    heads = matmul | transpose | trace | identity | Decomposition | diagonal | descending
    few = leading | lower | solve
    return isinstance(node, heads | few) or (isinstance(node, Reduction) and bool(node.over))


def _reached(e: Basic, case: Case) -> Iterator[Basic]:
    """The expression and all below it that a case does not rule out."""
    yield e
    if isinstance(e, Value):
        return
    if isinstance(e, Piecewise):
        for value, condition in case.branches(e):
            yield from _reached(value, case)
            yield from _reached(condition, case)
        return
    for argument in e.args:
        yield from _reached(argument, case)
