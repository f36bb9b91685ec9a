"""What a program does with matrices: whether several can be a batch, and whether all is needed."""

from .iteration import iterations
from .nodes import Apply, Program, assignments, walk
from .operations import DECOMPOSITIONS, FACTORISATIONS, Kind, Operation


def takes_each_matrix(program: Program) -> bool:
    """Whether it is of matrices, and nothing in it goes over a whole batch of them."""
    ops = _operations(program)
    over_all = any(op.kind is Kind.REDUCTION and not op.over for op in ops)
    one_a_tensor = any(len(slot.old.type.axes) == 1 for slot in program.slots)
    return any(op.kind is Kind.MATRIX for op in ops) and not (over_all or one_a_tensor)


def takes_apart(program: Program) -> bool:
    """Whether matrices are decomposed in it, for which one that ranks share is put together."""
    return any(op in DECOMPOSITIONS for op in _operations(program))


def factorises(program: Program) -> bool:
    """Whether matrices are taken apart in it by what is in LAPACK, which has no longdoubles."""
    return any(op in FACTORISATIONS for op in _operations(program))


def goes_round(program: Program) -> bool:
    """Whether something is done to matrices round by round."""
    nodes = (n for a in assignments(program.body) for n in walk(a.value))
    return bool(iterations(nodes))


def _operations(program: Program) -> list[Operation]:
    """All there are, those within rounds too."""
    nodes = [n for a in assignments(program.body) for n in walk(a.value)]
    for each in iterations(iter(nodes)).values():
        nodes += [n for a in each.body for n in walk(a.value)]
    return [n.op for n in nodes if isinstance(n, Apply)]
