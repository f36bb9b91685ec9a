"""Take roots of numbers of rows and columns, and not of the elements that these make.

``sqrt(r * c)`` of a number a row and one a column is ``sqrt(r) * sqrt(c)``: a root for each line
and none for each element, of which there are as many as rows times columns. Where such a product
has a name that is read under a root alone, the name holds the root. What is under it has to be
known not to be negative: two negative numbers have a product that has a root.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from ..naming import free
from ..nodes import (
    Apply,
    Assign,
    Constant,
    Name,
    Node,
    Program,
    all_names,
    apply,
    assignments,
    map_assignments,
    rebuild,
    walk,
)
from ..operations import ABS, ADD, DIV, EXP, MAX, MIN, MUL, SQRT, SQUARE
from .group_factors import grouped
from .name_parts import is_small, reduces

_ALWAYS = (ABS, EXP, SQRT, SQUARE)
_IF_ALL_ARE = (ADD, MUL, DIV, MIN)


def split_roots(program: Program, domain: Collection[str]) -> Program:
    """The program with such roots taken first.

    Args:
        program: each of its names is assigned once, or once on either side of a branch.
        domain: names of hyperparameters and old values of states that are never negative.
    """
    known = {*domain, *(s.new.id for s in program.slots if s.old.id in domain)}
    values: dict[str, list[Node]] = {}
    for each in assignments(program.body):
        values.setdefault(each.target.id, []).append(each.value)
    known |= {name for name, found in values.items() if all(_is_known(v, known) for v in found)}
    roots = {
        name: Name(free(f"root_{name}", all_names(program)), found[0].type)
        for name, found in values.items()
        if any(_can_be_split(v, known) for v in found) and _is_read_under_roots(name, program)
    }

    def split(node: Node) -> Node:
        match node:
            case Apply(op, (Name(name),)) if op is SQRT and name in roots:
                return roots[name]
            case Apply(op, (of,)) if op is SQRT and _can_be_split(of, known):
                return _root(of)
        return node

    def rewritten(each: Assign) -> Assign:
        value = each.value
        if each.target.id in roots:
            each = replace(each, target=roots[each.target.id])
            value = apply(SQRT, value)
        return replace(each, value=rebuild(value, split))

    return program.with_body(map_assignments(program.body, rewritten))


def _can_be_split(node: Node, known: Collection[str]) -> bool:
    """Whether it is a product of elements of numbers that are none, and not negative."""
    if not _is_product(node):
        return is_small(node) and _is_known(node, known)
    assert isinstance(node, Apply)
    return all(_can_be_split(each, known) for each in node.args)


def _is_product(node: Node) -> bool:
    return (
        isinstance(node, Apply) and node.op in (MUL, DIV) and not (node.on_host or is_small(node))
    )


def _root(node: Node) -> Node:
    node = grouped(node)
    if not (_is_product(node) and isinstance(node, Apply)):
        return apply(SQRT, node)
    return apply(node.op, *map(_root, node.args))


def _is_known(node: Node, known: Collection[str]) -> bool:
    """Whether it is known not to be negative."""
    match node:
        case Name(name):
            return name in known
        case Constant(value):
            return value >= 0
        case Apply(op, args):
            if op in _ALWAYS or op.name.startswith("norm"):
                return True
            those = [_is_known(each, known) for each in args]
            return any(those) if op is MAX else all(those) and (op in _IF_ALL_ARE or reduces(node))
    return False


def _is_read_under_roots(name: str, program: Program) -> bool:
    """Whether it is nothing that is kept, and read under roots alone."""
    if any(name == slot.new.id for slot in program.slots):
        return False
    found = Counter[bool]()
    for each in assignments(program.body):
        for node in walk(each.value):
            found[True] += isinstance(node, Name) and node.id == name
            found[False] += node == Apply(SQRT, (Name(name, node.type),))
    return found[True] == found[False] > 0
