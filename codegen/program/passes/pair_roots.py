"""Divide root by root before anything else is multiplied: ``sqrt(a)*x/sqrt(b)`` is
``sqrt(a)/sqrt(b)*x``.

Roots of floats lie so near 1 that neither they nor their quotient leave the range of floats,
whatever a and b are; ``a/b``, of which one root could be taken instead of two, does, and so
does ``sqrt(a)*x`` where x/sqrt(b) is of ordinary size.
"""

from dataclasses import replace

from ..nodes import Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import DIV, MUL, SQRT


def pair_roots(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _pair)))
    )


def _pair(node: Node) -> Node:
    match node:
        case Apply(div, (Apply(mul, (x, y)), below)) if (div, mul) == (DIV, MUL):
            if _is_root(below) and (_is_root(x) or _is_root(y)):
                root, factor = (x, y) if _is_root(x) else (y, x)
                return apply(MUL, apply(DIV, root, below), factor)
    return node


def _is_root(node: Node) -> bool:
    return isinstance(node, Apply) and node.op is SQRT and node.is_tensor
