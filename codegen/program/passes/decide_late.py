"""Let steps that are held compute nothing where it is a total that holds them.

What reads a total stands behind it, and knows it as it knows t. So ``theta = select(length <=
limit, ..., theta)`` can be under an ``if``, with all that nothing else reads. Backends ask for it
whose totals are numbers of the host; on a device they would wait for them.

A choice that computes something where its test does not hold stays one: of what is no number, the
negation of a comparison says otherwise than that the comparison does not hold.
"""

from dataclasses import replace

from ..nodes import Apply, Assign, Name, Node, Program
from ..operations import SELECT


def decide_late(program: Program) -> Program:
    """The program with the tests that hold something known on the host, as they are by then."""
    return program.with_body(
        tuple(replace(a, value=_decided(a.value)) for a in program.body if isinstance(a, Assign))
    )


def _decided(node: Node) -> Node:
    if not isinstance(node, Apply):
        return node
    args = [_decided(a) for a in node.args]
    if node.op is SELECT and node.args[0].on_host and not isinstance(node.args[2], Apply):
        args[0] = _known(args[0])
    return Apply(node.op, tuple(args))


def _known(node: Node) -> Node:
    if isinstance(node, Name) and node.is_late:
        return Name(node.id, replace(node.type, turn=0))
    return Apply(node.op, tuple(map(_known, node.args))) if isinstance(node, Apply) else node
