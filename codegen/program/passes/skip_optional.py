"""Skip the terms of hyperparameters that are switched off by 0: weight decay, above all.

``g + weight_decay*theta`` becomes ``select(weight_decay != 0, g + weight_decay*theta, g)``,
so that a user who does not decay does not pay for it.
"""

from dataclasses import replace

from ..effort import tensor_operations
from ..fold import at_zero, fold
from ..nodes import (
    ZERO,
    Apply,
    Assign,
    Name,
    Node,
    Program,
    apply,
    is_host_select,
    map_assignments,
    walk,
)
from ..operations import NE, SELECT, Kind
from ..types import HOST_REAL


def skip_optional(program: Program) -> Program:
    def rewrite(assign: Assign) -> Assign:
        value = assign.value
        for name in program.optional:
            value = fold(_guard(value, name))
        return replace(assign, value=value)

    return program.with_body(map_assignments(program.body, rewrite))


def _has_its_tensors(node: Node) -> bool:
    """Whether nothing that is done to whole tensors is left with a number."""
    wholes = (Kind.REDUCTION, Kind.MATRIX)
    return all(
        all(a.is_tensor for a in n.args)
        for n in walk(node)
        if isinstance(n, Apply) and n.op.kind in wholes
    )


def _guard(node: Node, name: str) -> Node:
    if isinstance(node, Apply) and is_host_select(node):
        test, yes, no = node.args
        return apply(SELECT, test, _guard(yes, name), _guard(no, name))
    without = at_zero(node, name)
    if tensor_operations(without) < tensor_operations(node) and _has_its_tensors(without):
        return apply(SELECT, apply(NE, Name(name, HOST_REAL), ZERO), node, without)
    return node
