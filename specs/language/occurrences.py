"""Walks through expressions that know what a series and a gradient are.

SymPy's own walks enter a ``Value`` and find the series' symbol, which is the same symbol as
a hyperparameter of that name would be; these do not.
"""

from collections.abc import Iterator

from sympy import Basic, Piecewise
from sympy.logic.boolalg import BooleanFunction

from .symbols import GradientAt, Value, t


def nodes(expression: Basic) -> Iterator[Basic]:
    """The expression and all below it; a series' symbol and index are not entered."""
    yield expression
    if isinstance(expression, Value):
        return
    children = (expression.point,) if isinstance(expression, GradientAt) else expression.args
    for child in children:
        yield from nodes(child)


def pairs(distinction: Piecewise) -> list[tuple[Basic, Basic]]:
    """The cases of a piecewise expression, as (value, condition)."""
    return [(pair.args[0], pair.args[1]) for pair in distinction.args]


def values(expression: Basic) -> Iterator[Value]:
    """The series' values an expression reads, in order of their places."""
    return (node for node in nodes(expression) if isinstance(node, Value))


def counts_steps(expression: Basic) -> bool:
    """Whether the step t itself occurs, other than as an index."""
    return any(node == t for node in nodes(expression))


def places(expression: Basic, *, condition: bool = False) -> Iterator[tuple[Basic, bool]]:
    """All nodes, each with whether it stands where a condition is expected."""
    yield expression, condition
    match expression:
        case Value():
            return
        case GradientAt():
            yield from places(expression.point)
        case Piecewise():
            for value, test in pairs(expression):
                yield from places(value)
                yield from places(test, condition=True)
        case BooleanFunction():
            for argument in expression.args:
                yield from places(argument, condition=True)
        case _:
            for argument in expression.args:
                yield from places(argument)


def conditions(expression: Basic) -> Iterator[Basic]:
    """The conditions of all case distinctions in an expression, but for ``True``."""
    for node in nodes(expression):
        if isinstance(node, Piecewise):
            yield from (test for _, test in pairs(node) if test not in (True, False))
