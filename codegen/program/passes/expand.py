"""Write out the heads that no language has: ``one_minus_power(b, n)`` over tensors is
-expm1(n log b).
"""

from dataclasses import replace

from ..nodes import Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import EXPM1, LOG, MUL, NEG, ONE_MINUS_POW


def expand(program: Program) -> Program:
    """The program without these heads."""
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _expand)))
    )


def _expand(node: Node) -> Node:
    if isinstance(node, Apply) and node.op is ONE_MINUS_POW and not node.on_host:
        base, exponent = node.args
        return apply(NEG, apply(EXPM1, apply(MUL, exponent, apply(LOG, base))))
    return node
