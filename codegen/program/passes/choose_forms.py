"""Choose, among forms equal in exact arithmetic, the one that rounds least.

- ``1 - base**exponent`` on the host is ``one_minus_power``, free of cancellation.
- ``w*a + (1 - w)*b`` is ``lerp(a, b, 1 - w)``, computed as a + (1 - w)(b - a): the rounding of
  the weights then scales with the difference. Not where b is a square: squares overflow
  first, and once a is infinite, b - a would make it NaN.
"""

from dataclasses import replace
from typing import TypeGuard

from ..nodes import ONE, Apply, Node, Program, apply, map_assignments, rebuild, walk
from ..operations import ADD, LERP, MUL, ONE_MINUS_POW, POW, SQUARE, SUB, Operation


def choose_forms(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _choose)))
    )


def _choose(node: Node) -> Node:
    if not isinstance(node, Apply):
        return node
    if node.op is SUB and node.args[0] == ONE and node.on_host and _is(node.args[1], POW):
        return apply(ONE_MINUS_POW, *node.args[1].args)
    products = [a.args for a in node.args if _is(a, MUL) and a.args[0].on_host]
    if node.op is ADD and len(products) == 2:
        (w, a), (u, b) = products
        complementary = u == apply(SUB, ONE, w) or w == apply(SUB, ONE, u)
        if complementary and not _squares(a) and not _squares(b):
            return apply(LERP, a, b, u)
    return node


def _is(node: Node, op: Operation) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.op is op


def _squares(node: Node) -> bool:
    return any(_is(n, SQUARE) for n in walk(node))
