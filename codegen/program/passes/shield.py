"""Keep what is not chosen out of harm's way, for a language that differentiates the program.

``where(v > 0, g/sqrt(v), g)`` is right at v = 0, but its derivative there is NaN: the branch that
is not taken is computed too, and 0 times its infinite derivative is added. With
``sqrt(where(v > 0, v, 1))`` in that branch it is finite.
"""

from collections.abc import Callable
from dataclasses import replace

from ..nodes import ONE, Apply, Node, Program, apply, is_host_select, map_assignments, rebuild
from ..operations import DIV, LOG, POW, SELECT, SQRT

_HARMED = {DIV: 1, SQRT: 0, LOG: 0, POW: 0}
"""The operand of each operation that must not be anything."""


def shield(program: Program) -> Program:
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _shielded)))
    )


def _shielded(node: Node) -> Node:
    if isinstance(node, Apply) and node.op is SELECT and not (node.on_host or is_host_select(node)):
        test, yes, no = node.args
        return apply(
            SELECT,
            test,
            rebuild(yes, lambda n: _with_operand(n, lambda x: apply(SELECT, test, x, ONE))),
            rebuild(no, lambda n: _with_operand(n, lambda x: apply(SELECT, test, ONE, x))),
        )
    return node


def _with_operand(node: Node, replaced: Callable[[Node], Node]) -> Node:
    if not isinstance(node, Apply) or node.op not in _HARMED:
        return node
    at = _HARMED[node.op]
    if node.args[at].on_host:
        return node
    args = list(node.args)
    args[at] = replaced(args[at])
    return Apply(node.op, tuple(args))
