"""Write out, for a language that lacks them, the heads over tensors; their best forms.

``lerp(a, b, w)`` is a + w(b - a); ``one_minus_power(b, n)`` is -expm1(n log b).
"""

from dataclasses import replace

from ..nodes import Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import ADD, EXPM1, LERP, LOG, MUL, NEG, ONE_MINUS_POW, SUB


def expand(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _expand)))
    )


def _expand(node: Node) -> Node:
    if not isinstance(node, Apply) or node.on_host:
        return node
    if node.op is LERP:
        start, end, weight = node.args
        return apply(ADD, start, apply(MUL, weight, apply(SUB, end, start)))
    if node.op is ONE_MINUS_POW:
        base, exponent = node.args
        return apply(NEG, apply(EXPM1, apply(MUL, exponent, apply(LOG, base))))
    return node
