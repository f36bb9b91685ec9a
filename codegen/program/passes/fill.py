"""Give scalars that stand for tensors their shape, and scalars of the host a place beside them.

``m = 0`` in one case of an equation whose other case is a tensor becomes ``fill(0, theta)``;
a choice by elements between two numbers of the host, ``select(g > 0, 1, 0)``, first takes one
of them to where the tensor is, and so to its dtype.
"""

from dataclasses import replace

from ....specs.language.shapes import WHOLE
from ..nodes import Apply, Assign, Name, Node, Program, apply, map_assignments, rebuild
from ..operations import FILL, LIFT, SELECT


def fill(program: Program, like: Name | None = None) -> Program:
    """The program with tensors of the shape of one; of its parameter, if none is said."""
    theta = program.slots[0].old if like is None else like

    def rewrite(assign: Assign) -> Assign:
        if assign.target.is_late:
            return assign
        value = rebuild(assign.value, lambda node: _lift(node, theta))
        if assign.target.type.axes == WHOLE and not value.is_tensor:
            value = apply(FILL, value, theta)
        elif value.on_host:
            value = apply(LIFT, value, theta)
        return replace(assign, value=value)

    return program.with_body(map_assignments(program.body, rewrite))


def _lift(node: Node, theta: Name) -> Node:
    if isinstance(node, Apply) and node.op is SELECT and not node.on_host:
        test, yes, no = node.args
        if yes.on_host and no.on_host:
            return apply(SELECT, test, apply(LIFT, yes, theta), no)
    return node
