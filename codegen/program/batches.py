"""Whether a program takes each matrix of a batch by itself, so that several can be a batch."""

from .iteration import iterations
from .nodes import Apply, Program, assignments, walk
from .operations import Kind


def takes_each_matrix(program: Program) -> bool:
    """Whether it is of matrices, and nothing in it goes over a whole batch of them."""
    nodes = [n for a in assignments(program.body) for n in walk(a.value)]
    for each in iterations(iter(nodes)).values():
        nodes += [n for a in each.body for n in walk(a.value)]
    ops = [n.op for n in nodes if isinstance(n, Apply)]
    over_all = any(op.kind is Kind.REDUCTION and not op.over for op in ops)
    one_a_tensor = any(len(slot.old.type.axes) == 1 for slot in program.slots)
    return any(op.kind is Kind.MATRIX for op in ops) and not (over_all or one_a_tensor)
