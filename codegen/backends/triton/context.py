"""What the optimizer's template is filled with."""

from ...program.compiled import CompiledRule
from ...program.forms import PYTHON, Language, Printer
from ...program.nodes import Name, Node, Statement, assignments, names, reads, walk
from ...program.passes.flag import flag
from ...program.types import DType
from ..statements import assigned, block
from .printer import TRITON
from .unsure import unsure


def context(compiled: CompiledRule) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``."""
    flagged, found = flag(compiled.kernel)
    body = flagged.body
    host = _host(body)
    flags = {name: node for name, node in found.items() if name in reads(body)}
    flags |= {n.id: n for n in host if n.type.dtype is DType.BOOLEAN}
    printer = Printer(TRITON)
    numbers = sorted({n.id for n in host} - flags.keys())
    theta, *states = [slot.name for slot in flagged.tensor_slots]
    inputs = [i.name.id for i in flagged.tensor_inputs]
    tensors = [theta, flagged.gradient.id, *states, *inputs]
    lacking = unsure(body, [theta, *states], [*tensors, *numbers, *flags])
    before = [f"{name} = kernel.fill(0.0, {theta})" for name in lacking]
    return {
        "spec": compiled.spec,
        "tensors": tensors,
        "results": [theta, *states],
        "numbers": numbers,
        "flags": {name: condition(node) for name, node in sorted(flags.items())},
        "body": "\n".join([*before, block(body, printer, assigned(printer))]),
    }


def _host(body: tuple[Statement, ...]) -> set[Name]:
    """What values are computed with that is known on the host."""
    nodes = (n for each in assignments(body) for n in walk(each.value))
    return {n for n in nodes if isinstance(n, Name) and n.on_host}


def condition(test: Node) -> str:
    """A condition, from the scalars of a step by name."""
    given = {name: f'scalars["{name}"]' for name in names(test)}
    return Printer(Language("Python", PYTHON), given)(test)
