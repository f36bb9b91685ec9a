"""Write out, for a language that lacks them, the heads in their best forms.

``lerp(a, b, w)`` is a + w(b - a); over tensors, ``one_minus_power(b, n)`` is
-expm1(n log b).
"""

from collections.abc import Callable
from dataclasses import replace

from ..nodes import Apply, Assign, Node, Program, apply, map_assignments, rebuild
from ..operations import ADD, EXPM1, LERP, LOG, MUL, NEG, ONE_MINUS_POW, SUB


def expand(program: Program, *, unless: Callable[[Apply], bool] = lambda node: False) -> Program:
    """The program without these heads, but for those over tensors that a language does have."""

    def write_out(node: Node) -> Node:
        return node if isinstance(node, Apply) and unless(node) else _expand(node)

    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, write_out)))
    )


def expand_scalars(program: Program) -> Program:
    """The program without lerp on the host: no language has it for its floats."""

    def rewrite(assign: Assign) -> Assign:
        return replace(assign, value=rebuild(assign.value, _expand_on_host))

    return replace(
        program,
        host=tuple(map(rewrite, program.host)),
        body=map_assignments(program.body, rewrite),
    )


def _expand_on_host(node: Node) -> Node:
    if isinstance(node, Apply) and node.op is LERP and node.on_host:
        return _lerp(*node.args)
    return node


def _expand(node: Node) -> Node:
    if not isinstance(node, Apply) or node.on_host:
        return node
    if node.op is LERP:
        return _lerp(*node.args)
    if node.op is ONE_MINUS_POW:
        base, exponent = node.args
        return apply(NEG, apply(EXPM1, apply(MUL, exponent, apply(LOG, base))))
    return node


def _lerp(start: Node, end: Node, weight: Node) -> Node:
    return apply(ADD, start, apply(MUL, weight, apply(SUB, end, start)))
