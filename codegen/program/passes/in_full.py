"""Leave out that rounds may be computed in fewer digits: ``iterate(..., dtype="bfloat16")`` is
computed as all else where no device is faster so.
"""

from dataclasses import replace

from ..nodes import Apply, Node, Program, map_assignments, rebuild


def in_full(program: Program) -> Program:
    """The program as it is computed where every operation rounds to the same format."""
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _in_full)))
    )


def _in_full(node: Node) -> Node:
    if not isinstance(node, Apply) or node.op.iteration is None or not node.op.iteration.dtype:
        return node
    return replace(node, op=replace(node.op, iteration=replace(node.op.iteration, dtype="")))
