"""What the optimizer's template is filled with."""

from collections.abc import Callable
from dataclasses import dataclass

from ....specs.language import Optimizer
from ...program.allocate import Instruction, allocate
from ...program.compile import compile_spec
from ...program.infix import Infix
from ...program.linearise import linearise
from ...program.nodes import Assign
from ...program.passes.contract import contract
from ...program.passes.expand import expand
from ..python_class import Comments, class_context, unpacked_names
from ..signature import Argument, arguments
from .printer import ForeachPrinter, LoopPrinter, ScalarPrinter, spelled


@dataclass(frozen=True)
class Printed:
    """How the statements of one form of the rule are printed."""

    scalar: Infix
    statement: Callable[..., str]
    comment: Callable[[Instruction | Assign], str]


def context(spec: Optimizer) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``."""
    program = compile_spec(spec)
    loop = expand(program)
    foreach = allocate(linearise(contract(program)))
    args = arguments(spec)
    in_group = {h.name: f'group["{h.name}"]' for h in spec.hyper}
    members = {h.name for a in args if a.is_tuple for h in a.members}
    shared = class_context(
        spec, program, ScalarPrinter({n: t for n, t in in_group.items() if n not in members})
    )
    read = shared["read"]
    assert isinstance(read, set)
    scalar_results = [spelled(s.new.id) for s in program.scalar_slots]
    return shared | {
        "annotation": _annotation,
        "scalar_type": "Scalar",
        "loop_steps": loop.body,
        "loop_": Printed(ScalarPrinter(), _assignment, Comments(loop.body)),
        "foreach_steps": foreach.steps,
        "foreach_": Printed(ScalarPrinter(), ForeachPrinter(), Comments(foreach.steps)),
        "unpacked": [
            f"{unpacked_names(a, read)} = {a.name}"
            for a in args
            if a.is_tuple and read & {h.name for h in a.members}
        ],
        "results": [spelled(s.new.id) for s in program.tensor_slots] + scalar_results,
        "scalar_results": f"({', '.join(scalar_results)}{',' * (len(scalar_results) == 1)})",
    }


def _annotation(a: Argument) -> str:
    if a.is_option:
        return "bool"
    return f"tuple[{', '.join('Scalar' for _ in a.members)}]" if a.is_tuple else "Scalar"


def _assignment(statement: Assign) -> str:
    return f"{spelled(statement.target.id)} = {LoopPrinter()(statement.value)}"
