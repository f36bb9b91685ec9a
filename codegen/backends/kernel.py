"""What kernels are printed from, and what the classes that launch them must hand over."""

from ..program.nodes import Branch, Name, Node, Program, Statement, walk
from ..program.operations import Kind
from ..program.passes.expand import expand
from ..program.passes.settle import settle


def kernel_program(compiled: Program) -> Program:
    """The program of a kernel: one name a slot, which is the old value until it is assigned."""
    return settle(expand(compiled))


def has_kernel(program: Program) -> bool:
    """Whether every element of a result needs only the same element of the operands."""
    return not program.kinds() & {Kind.REDUCTION, Kind.MATRIX}


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
