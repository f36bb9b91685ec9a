"""Contract sums of products into the calls torch has for them, where they fit exactly.

``a + s*x`` is ``axpy(a, x, s)``, ``a + s*x*y`` is ``addcmul(a, x, y, s)`` and ``a + s*x/y`` is
``addcdiv(a, x, y, s)``, for s a scalar on the host. Heads are written out, and so is ``clip``,
which torch has for one tensor but not for a list of them.
"""

from dataclasses import replace

from ..nodes import ONE, Apply, Node, Program, apply, map_assignments, rebuild
from ..operations import (
    ADD,
    ADDCDIV,
    ADDCMUL,
    AXPY,
    CLIP,
    DIV,
    MAX,
    MIN,
    MUL,
    NEG,
    SQUARE,
    SUB,
)
from .expand import expand


def contract(program: Program) -> Program:
    program = expand(program)
    return program.with_body(
        map_assignments(program.body, lambda a: replace(a, value=rebuild(a.value, _contract)))
    )


def _contract(node: Node) -> Node:
    if not isinstance(node, Apply) or not node.is_tensor:
        return node
    if node.op is CLIP and all(bound.on_host for bound in node.args[1:]):
        value, lower, upper = node.args
        return apply(MIN, apply(MAX, value, lower), upper)
    if node.op not in (ADD, SUB):
        return node
    start, term = node.args
    if not start.is_tensor or not term.is_tensor:
        return node
    if node.op is ADD and _is_product(start) and not _is_product(term):
        start, term = term, start
    scale, product = _scaled(term)
    if node.op is SUB:
        scale = apply(NEG, scale) if scale != ONE else apply(NEG, ONE)
    if isinstance(product, Apply) and all(a.is_tensor for a in product.args):
        match product.op:
            case op if op is MUL:
                return apply(ADDCMUL, start, *product.args, scale)
            case op if op is DIV:
                return apply(ADDCDIV, start, *product.args, scale)
            case op if op is SQUARE:
                return apply(ADDCMUL, start, product.args[0], product.args[0], scale)
    if product is term:
        return node
    return apply(AXPY, start, product, scale)


def _is_product(node: Node) -> bool:
    return isinstance(node, Apply) and node.op in (MUL, DIV, SQUARE)


def _scaled(term: Node) -> tuple[Node, Node]:
    """The scalar that comes first in a product, and the rest of it."""
    if isinstance(term, Apply) and term.op in (MUL, DIV):
        x, y = term.args
        if x.on_host and term.op is MUL:
            return x, y
        scale, rest = _scaled(x)
        if scale != ONE:
            return scale, apply(term.op, rest, y)
    return ONE, term
