"""Take one root of a quotient instead of the quotient of two: ``sqrt(a)/sqrt(b)`` is ``sqrt(a/b)``.

Exact where both are defined; one root and half a rounding fewer, and a factor beside them
is no longer scaled down before it is scaled up.
"""

from dataclasses import replace

from ..nodes import Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import DIV, MUL, SQRT


def merge_roots(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _merge)))
    )


def _merge(node: Node) -> Node:
    match node:
        case Apply(op, (Apply(root, (a,)), Apply(root_, (b,)))) if (op, root, root_) == (
            DIV,
            SQRT,
            SQRT,
        ):
            return apply(SQRT, apply(DIV, a, b))
        case Apply(op, (Apply(mul, (Apply(root, (a,)), x)), Apply(root_, (b,)))) if (
            op,
            mul,
            root,
            root_,
        ) == (DIV, MUL, SQRT, SQRT):
            return apply(MUL, apply(SQRT, apply(DIV, a, b)), x)
    return node
