"""Clear a scalar divisor out of a root.

``k * sqrt(v / c)`` is ``k/sqrt(c) * sqrt(v)``, and ``m / (sqrt(v / c) + eps)`` is
``sqrt(c) * m / (sqrt(v) + eps*sqrt(c))``: one operation on tensors fewer, and a rounding or two, as
the scalars then meet on the host; and v/c, which may overflow where its root does not, is never
formed. This is how bias correction becomes free. Its price is at the other end: where eps*sqrt(c)
is no normal number of the tensors' dtype, as in float32 for an eps below 1e-36 or so, and v is 0,
digits of eps are lost.
"""

from dataclasses import replace

from ..nodes import Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import ADD, DIV, MUL, SQRT


def clear_roots(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _clear)))
    )


def _clear(node: Node) -> Node:
    match node:
        case Apply(op, (above, Apply(add, (Apply(root, (Apply(div, (v, c)),)), eps)))) if (
            (op, add, root, div) == (DIV, ADD, SQRT, DIV)
            and c.on_host
            and eps.on_host
            and v.is_tensor
        ):
            scale = apply(SQRT, c)
            return apply(
                DIV,
                apply(MUL, above, scale),
                apply(ADD, apply(SQRT, v), apply(MUL, eps, scale)),
            )
        case Apply(mul, (k, Apply(root, (Apply(div, (v, c)),)))) if (
            (mul, root, div) == (MUL, SQRT, DIV) and k.on_host and c.on_host and v.is_tensor
        ):
            return apply(MUL, apply(DIV, k, apply(SQRT, c)), apply(SQRT, v))
    return node
