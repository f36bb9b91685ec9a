"""Compute once what several equations compute alike (value numbering on structure).

Names are assigned once at this stage, so equal structure is equal value. Nothing is
reassociated. A value is shared if it is computed unconditionally before its other uses.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from ..naming import free
from ..nodes import Apply, Assign, Name, Node, Program, is_host_select, names, rebuild, walk
from ..operations import MUL, SQRT, SQUARE, Kind


def share(program: Program) -> Program:
    body = [a for a in program.body if isinstance(a, Assign)]
    taken = {a.target.id for a in body} | {n for a in body for n in names(a.value)}
    while (found := _repeated(body)) is not None:
        at, node = found
        name = Name(_name(node, taken), node.type)
        taken.add(name.id)
        for j in range(at, len(body)):
            body[j] = replace(body[j], value=_replace(body[j].value, node, name))
        body.insert(at, Assign(name, node, body[at].equation))
    return program.with_body(tuple(body))


def _replace(value: Node, node: Node, name: Name) -> Node:
    return rebuild(value, lambda n: name if n == node else n)


def _repeated(body: list[Assign]) -> tuple[int, Node] | None:
    found: tuple[int, Node] | None = None
    later: Counter[Node] = Counter()
    for i, assign in reversed(list(enumerate(body))):
        later.update(n for n in walk(assign.value) if _is_work(n))
        candidates = [n for n in _unconditional(assign.value) if later[n] > 1]
        if candidates:
            found = i, max(candidates, key=lambda n: sum(1 for _ in walk(n)))
    return found


def _is_work(node: Node) -> bool:
    return (
        isinstance(node, Apply)
        and not node.on_host
        and not is_host_select(node)
        and not _is_scaled_name(node)
    )


def _is_scaled_name(node: Apply) -> bool:
    """What calls of several operations, such as addcmul, do along the way."""
    return node.op is MUL and node.args[0].on_host and isinstance(node.args[1], Name)


def _unconditional(node: Node) -> Iterator[Node]:
    """The operations that are computed whichever way the choices fall."""
    if isinstance(node, Apply) and not is_host_select(node):
        for argument in node.args:
            yield from _unconditional(argument)
        if _is_work(node):
            yield node


def _name(node: Node, taken: set[str]) -> str:
    stem = "shared"
    if isinstance(node, Apply) and isinstance(node.args[0], Name):
        operand = node.args[0].id.removesuffix("[t]")
        stem = {SQUARE: f"{operand}_squared", SQRT: f"sqrt_{operand}"}.get(node.op, stem)
        if node.op.kind is Kind.REDUCTION:
            stem = f"{node.op}_{operand}"
    return free(stem, taken)
