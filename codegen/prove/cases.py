"""Cases told apart: what expressions with ``Piecewise`` in them are where each condition holds."""

from collections.abc import Iterator, Sequence

from sympy import (
    Abs,
    And,
    Basic,
    Expr,
    Max,
    Min,
    Ne,
    Not,
    Piecewise,
    S,
    default_sort_key,
    factor,
    fraction,
    preorder_traversal,
    sign,
    together,
)
from sympy.core.relational import Relational

from ...specs.language import SpecError
from ...specs.language.heads import Head
from .conditions import can_hold


def cases(sides: Sequence[Basic], given: Basic) -> Iterator[tuple[Basic, tuple[Basic, ...]]]:
    """Each case that the conditions leave open and that can occur, and the expressions there.

    Args:
        sides: expressions, all of which read the same conditions.
        given: what is known to hold.

    Raises:
        SpecError: a condition is no relation.
    """
    sides = tuple(_under(given, side) for side in sides)
    condition = next((c for c in map(_open_condition, sides) if c is not None), None)
    if condition is None:
        yield given, sides
        return
    for assumed, value in ((condition, S.true), (Not(condition), S.false)):
        if can_hold(given, assumed):
            settled = [side.xreplace({condition: value}) for side in sides]
            yield from cases(settled, And(given, assumed))


CHOOSING = (Max, Min, Abs, sign)
"""What is one of several values, by a comparison."""


def chosen(e: Basic) -> Basic:
    """The expression with all that chooses as cases, but for what a reduction goes over.

    There every element has a case of its own.
    """
    if isinstance(e, Head) or not e.has(*CHOOSING):
        return e
    args = [chosen(a) for a in e.args]
    match e:
        case Abs():
            (x,) = args
            return Piecewise((x, x >= 0), (-x, True))
        case sign():
            (x,) = args
            return Piecewise((1, x > 0), (-1, x < 0), (0, True))
        case Max() | Min():
            return e.func(*args).rewrite(Piecewise, deep=False)
    return e.func(*args)


def vanishes(e: Expr, case: Basic) -> bool:
    """Whether a case leaves a factor of an expression no value but 0."""
    numerator, _ = fraction(together(e))
    return any(not can_hold(case, Ne(base, 0)) for base in factor(numerator).as_powers_dict())


def _under(given: Basic, e: Basic) -> Basic:
    """The expression where a condition holds: the relations that follow from it are settled."""
    known: dict[Basic, Basic] = {}
    for relation in e.atoms(Relational):
        if not can_hold(given, relation):
            known[relation] = S.false
        elif not can_hold(given, Not(relation)):
            known[relation] = S.true
    return e.xreplace(known)


def _open_condition(e: Basic) -> Basic | None:
    """The first condition of the first ``Piecewise``, or a relation in it."""
    for node in preorder_traversal(e):
        if isinstance(node, Piecewise):
            _, condition = node.args[0].args
            if relations := condition.atoms(Relational):
                return min(relations, key=default_sort_key)
            raise SpecError(
                "condition",
                spec=str(node),
                where=str(condition),
                problem="it compares nothing, so no numbers decide it",
                remedy="Settle options before they are claimed of",
            )
    return None
