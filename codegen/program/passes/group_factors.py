"""Bring factors together that are numbers of the same lines, so that they meet elements as one.

``c * r / s`` of a number a column, one a row and one a matrix is ``(r / s) * c``: a division for
each row, and none for each element. Exact values are the same, and roundings as many.
"""

from collections.abc import Sequence
from functools import reduce

from ....specs.language.shapes import ONE as ALONE
from ....specs.language.shapes import WHOLE, cols, rows
from ..nodes import Apply, Node, apply
from ..operations import DIV, MUL

_LINES = ((rows, ALONE), (ALONE, cols))


def grouped(node: Node) -> Node:
    """A product of elements, so written; anything else, and one that has nothing to gain, as it is.

    Args:
        node: numbers of lines in it may be named or not.
    """
    if not _is_product(node) or node.type.axes != WHOLE:
        return node
    above, below = _factors(node)
    kinds = [axes for axes in _LINES if any(f.type.axes == axes for f in (*above, *below))]
    if not kinds:
        return node

    def of(factors: Sequence[Node], kind: int | None) -> list[Node]:
        return [f for f in factors if _kind(f, kinds) == kind]

    pairs = [(of(above, k), of(below, k)) for k in range(len(kinds))]
    if all(len(own) + len(others) < 2 for own, others in pairs):
        return node
    upper, lower = of(above, None), of(below, None)
    for own, others in pairs:
        if own:
            upper.append(_quotient(own, others))
        else:
            lower.append(_product(others))
    return _quotient(upper, lower) if upper else node


def _kind(factor: Node, kinds: Sequence[tuple[object, ...]]) -> int | None:
    """Of which lines it is, a number of a matrix or a tensor of the first; None of others."""
    axes = factor.type.axes
    if factor.on_host or axes == WHOLE:
        return None
    return kinds.index(axes) if axes in kinds else 0


def _is_product(node: Node) -> bool:
    return isinstance(node, Apply) and node.op in (MUL, DIV) and not node.on_host


def _factors(node: Node) -> tuple[list[Node], list[Node]]:
    """What is multiplied, and what is divided by."""
    if not (_is_product(node) and isinstance(node, Apply)):
        return [node], []
    (above, below), (other, under) = map(_factors, node.args)
    if node.op is DIV:
        other, under = under, other
    return above + other, below + under


def _product(factors: Sequence[Node]) -> Node:
    return reduce(lambda x, y: apply(MUL, x, y), factors)


def _quotient(above: Sequence[Node], below: Sequence[Node]) -> Node:
    return apply(DIV, _product(above), _product(below)) if below else _product(above)
