"""Local simplification by the laws of zero, one and nested choices."""

from functools import lru_cache
from typing import TypeGuard

from .nodes import ONE, ZERO, Apply, Name, Node, apply, negation, rebuild
from .operations import ADD, AND, DIV, MUL, NEG, NOT, SELECT, SQUARE, SUB

_KNOWN = 2**14
"""Nodes: more than a large rule has, whose parts are folded again with each that they are part of.
"""


@lru_cache(maxsize=_KNOWN)
def fold(node: Node) -> Node:
    """The node, simplified from the bottom up. Exact for finite values."""
    if isinstance(node, Apply):
        args = tuple(map(fold, node.args))
        node = _fold_one(node if args == node.args else Apply(node.op, args))
    return node


def at_zero(node: Node, name: str) -> Node:
    """What is left of the node where the hyperparameter of that name is 0."""
    return fold(rebuild(node, lambda n: ZERO if isinstance(n, Name) and n.id == name else n))


def _fold_one(node: Apply) -> Node:
    args = node.args
    if node.op is SELECT:
        return _fold_choice(*args)
    if node.op is ADD and ZERO in args:
        return args[1] if args[0] == ZERO else args[0]
    if node.op is SUB and args[1] == ZERO:
        return args[0]
    if node.op is MUL and ZERO in args:
        return ZERO
    if node.op is MUL and ONE in args:
        return args[1] if args[0] == ONE else args[0]
    if node.op is DIV and (args[1] == ONE or args[0] == ZERO):
        return args[0]
    if node.op in (NEG, SQUARE) and args[0] == ZERO:
        return ZERO
    return node


def _fold_choice(test: Node, yes: Node, no: Node) -> Node:
    if yes == no:
        return yes
    if isinstance(test, Apply) and test.op is NOT and _is_choice_or_name(yes, no):
        return _fold_choice(test.args[0], no, yes)
    # A choice within a choice that ends in the same value is one choice, but for one by a tensor
    # in one of the host's: what its test reads may exist there alone.
    if _is_choice(no) and no.args[2] == yes and no.args[0].on_host == test.on_host:
        return apply(SELECT, apply(AND, no.args[0], negation(test)), no.args[1], yes)
    if _is_choice(yes) and yes.args[2] == no and yes.args[0].on_host == test.on_host:
        return apply(SELECT, apply(AND, yes.args[0], test), yes.args[1], no)
    return apply(SELECT, test, yes, no)


def _is_choice(node: Node) -> TypeGuard[Apply]:
    return isinstance(node, Apply) and node.op is SELECT


def _is_choice_or_name(yes: Node, no: Node) -> bool:
    """Whether the positive test reads better: the plain value then stands last."""
    return isinstance(yes, Name) or not isinstance(no, Name)
