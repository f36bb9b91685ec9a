"""What the classes that launch a kernel must hand over to it."""

from ..program.nodes import Branch, Name, Node, Program, Statement, walk


def kernel_scalars(program: Program) -> list[str]:
    """The names a kernel takes from the host, in order: options, hyperparameters, the hoisted."""
    conditions = [slot.when for slot in program.tensor_slots if slot.when is not None]
    nodes = [*_nodes(program.body), *conditions]
    names = {n.id for node in nodes for n in walk(node) if isinstance(n, Name) and n.on_host}
    return sorted(names)


def _nodes(body: tuple[Statement, ...]) -> list[Node]:
    found: list[Node] = []
    for s in body:
        if isinstance(s, Branch):
            found += [s.condition, *_nodes(s.then), *_nodes(s.otherwise)]
        else:
            found.append(s.value)
    return found
