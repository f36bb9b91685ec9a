"""A choice by several conditions at once: by those known on the host first.

What exists only where a condition of the host holds is then read only there.
"""

from functools import reduce

from .nodes import Apply, Node, apply
from .operations import AND, OR, SELECT, Operation


def choice(test: Node, yes: Node, no: Node) -> Node:
    """``select(test, yes, no)``, where the test is of host and tensors a choice within another."""
    for op in (AND, OR):
        if not test.on_host and isinstance(test, Apply) and test.op is op:
            found = _parts(test, op)
            known = [part for part in found if part.on_host]
            if known:
                inner = choice(_all(op, [part for part in found if not part.on_host]), yes, no)
                sides = (inner, no) if op is AND else (yes, inner)
                return apply(SELECT, _all(op, known), *sides)
    return apply(SELECT, test, yes, no)


def _parts(node: Node, op: Operation) -> list[Node]:
    """What is connected, in order."""
    if isinstance(node, Apply) and node.op is op:
        return [part for argument in node.args for part in _parts(argument, op)]
    return [node]


def _all(op: Operation, parts: list[Node]) -> Node:
    return reduce(lambda one, other: apply(op, one, other), parts)
