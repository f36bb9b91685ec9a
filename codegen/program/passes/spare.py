"""Keep a language that refuses to divide by 0 from doing so where the quotient is not chosen.

Numbers that are taken from tensors, as norms are, are a language's own: its division by 0 is an
error, where that of elements is infinite. ``where(v > norm, v/norm, 0)`` computes both branches,
and is right with ``v/(norm if norm != 0 else 1)`` in the one that is not taken.
"""

from dataclasses import replace

from ..nodes import ONE, ZERO, Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import DIV, NE, SELECT


def spare(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _spared)))
    )


def _spared(node: Node) -> Node:
    if isinstance(node, Apply) and node.op is SELECT and node.type.axes:
        test, *branches = node.args
        return apply(SELECT, test, *(rebuild(each, _divided) for each in branches))
    return node


def _divided(node: Node) -> Node:
    """A quotient of numbers that are known once tensors are."""
    if not (isinstance(node, Apply) and node.op is DIV) or node.type.axes or node.on_host:
        return node
    over, under = node.args
    return apply(DIV, over, apply(SELECT, apply(NE, under, ZERO), under, ONE))
