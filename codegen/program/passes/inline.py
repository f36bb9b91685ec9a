"""Put tensors that are read once where they are read, so that scalars can meet and combine.

Where a rule reduces tensors, what is computed of elements is computed again in every pass over
them, so one that is read once in each of several cases counts as read once there: fewer divisions
are worth an expression that is printed twice.

A choice keeps its name: it is printed as an ``if``. Nothing moves past the statement that
overwrites a stored value it reads.
"""

from collections.abc import Callable

from ..nodes import (
    Apply,
    Assign,
    Name,
    Node,
    Program,
    is_host_select,
    names,
    substitute,
    walk,
)
from ..operations import Kind


def inline(program: Program) -> Program:
    count = _count_in_a_case if _is_in_passes(program) else _count
    slots = {s.new.id for s in program.slots}
    overwrites = {s.new.id: s.old.id for s in program.slots}
    body = [a for a in program.body if isinstance(a, Assign)]
    i = 0
    while i < len(body):
        assign = body[i]
        name = assign.target.id
        readers = [j for j, other in enumerate(body) if name in names(other.value)]
        if (
            name not in slots
            and assign.target.is_tensor
            and (isinstance(assign.value, Name) or _is_read_once(name, body, readers, count))
            and not is_host_select(assign.value)
            and not any(
                overwrites.get(other.target.id) in names(assign.value)
                for other in body[i + 1 : max(readers, default=i)]
            )
        ):
            for j in readers:
                value = substitute(body[j].value, {name: assign.value})
                body[j] = Assign(body[j].target, value, body[j].equation)
            del body[i]
        else:
            i += 1
    return program.with_body(tuple(body))


def _is_in_passes(program: Program) -> bool:
    kinds = program.kinds
    return Kind.REDUCTION in kinds and Kind.MATRIX not in kinds


def _is_read_once(
    name: str, body: list[Assign], readers: list[int], count: Callable[[str, Node], int]
) -> bool:
    return len(readers) == 1 and count(name, body[readers[0]].value) == 1


def _count(name: str, node: Node) -> int:
    return sum(1 for n in walk(node) if isinstance(n, Name) and n.id == name)


def _count_in_a_case(name: str, node: Node) -> int:
    """How often at most, whichever case it is."""
    if not isinstance(node, Apply):
        return int(isinstance(node, Name) and node.id == name)
    counts = [_count_in_a_case(name, each) for each in node.args]
    return counts[0] + max(counts[1:]) if is_host_select(node) else sum(counts)
