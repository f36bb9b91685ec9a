"""What the optimizer's template is filled with."""

from collections.abc import Callable, Set
from dataclasses import dataclass, replace
from functools import partial, reduce

from ....specs.language import Optimizer
from ....specs.language.over_tensors import OverTensors
from ...program.allocate import Instruction, allocate
from ...program.batches import takes_apart, takes_each_matrix
from ...program.compiled import CompiledRule
from ...program.cut import OUT, Parts
from ...program.forms import Printer
from ...program.linearise import linearise
from ...program.nodes import (
    ZERO,
    Assign,
    Branch,
    Name,
    Node,
    Program,
    Statement,
    apply,
    assignments,
    names,
    negation,
)
from ...program.operations import AND, EQ, OR
from ...program.passes.contract import contract
from ...program.passes.expand import expand
from ...program.passes.flag import flag
from ...program.passes.separate import separate
from ...program.passes.settle import settle
from ...program.passes.shield import shield
from ...program.passes.sink import sink
from ...program.rest import at_rest
from ...program.turns import hands_over, turns
from ...program.types import HOST_BOOLEAN, HOST_REAL
from ..iterations import iteration_functions
from ..late import handed_over, late_context, met_late
from ..outputs import output_functions
from ..python_class import class_context, passes
from ..scalars import depending_on_steps, host_names, of_step, scalars
from ..signature import Argument, annotation, arguments, members, tests
from ..statements import assigned, block
from .printer import ROUNDS, TORCH, ForeachPrinter, counting


def context(compiled: CompiledRule) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``."""
    spec, program, kernel = compiled.spec, compiled.program, compiled.kernel
    parts = turns(program)
    flagged, flags = flag(parts.program)
    loop = separate(shield(settle(expand(flagged))))
    sunk = linearise(contract(sink(flagged)))
    met = {*host_names(loop), *host_names(sunk), *met_late(parts)}
    if compiled.has_kernel:
        met |= {*host_names(kernel)}
    args = arguments(spec)
    in_group = {name: _in_group(where) for name, where in members(args).items()}
    in_group |= tests(args, _in_group)
    first = "scalars.flag(t == 1)" if spec.step_key else ""
    counted = depending_on_steps(program, counts=bool(spec.step_key))
    written = of_step(met)
    printer = Printer(TORCH, written)
    late = Printer(counting(counted | parts.late), written)
    found = class_context(spec, program, Printer(TORCH, in_group), _held)
    found |= late_context(parts, args, assigned(late))
    return found | {
        "module": compiled.module,
        "points": compiled.points,
        "annotation": annotation,
        "sparse": _sparse(spec, Printer(TORCH, in_group)),
        "parameters": _parameters(spec, args),
        "optional": [slot.name for slot in program.slots if slot.when is not None],
        "peer": spec.peer.removeprefix("torch.optim.") if _is_torchs(spec.peer) else "",
        "loop": block(loop.body, printer, _of_tensor(printer)),
        "foreach": block(allocate(sunk).steps, printer, ForeachPrinter(written)),
        "scalars": scalars(
            program, args, met, counting(counted), first=first, flags=flags, counted=counted
        ),
        "traits": [
            name
            for name, holds in (
                ("is_whole", not program.is_elementwise),
                ("on_matrices", found["on_matrices"]),
                ("stacks", takes_each_matrix(loop)),
                ("decomposes", takes_apart(loop)),
                ("branches_on_steps", _branches_on_steps(kernel, counted)),
            )
            if holds
        ],
        "annotated": partial(annotation, scalar="float"),
        "outputs": output_functions(compiled, TORCH),
        "iterations": iteration_functions((loop, sunk), ROUNDS),
        "results": [s.name for s in loop.tensor_slots],
        "has_kernel": compiled.has_kernel,
        "no_kernel": compiled.no_kernel,
        "is_whole": not program.is_elementwise,
        "passes": passes(compiled),
    }


def _of_tensor(printer: Printer) -> Callable[[Assign], str]:
    """Prints the statements of one tensor."""
    plain = assigned(printer)
    return lambda s: handed_over(printer, s.value) if hands_over(s.value) else plain(s)


def loop_body(parts: Parts) -> list[str]:
    """The elementwise part of a transform, for one gradient."""
    *before, last = assignments(expand(parts.elementwise).body)
    printer = Printer(TORCH)
    return [*map(assigned(printer), before), f"return {printer(last.value)}"]


def foreach_body(parts: Parts) -> list[str]:
    """The same for several gradients, into new tensors: they are the caller's."""
    program = replace(parts.elementwise, slots=())
    steps = allocate(linearise(contract(program))).steps
    printed = (ForeachPrinter()(step) for step in steps if isinstance(step, Instruction))
    *before, last = "\n".join(printed).splitlines()
    return [*before, f"return {last.removeprefix(f'{OUT.id} = ')}"]  # a new list, by that name


@dataclass(frozen=True)
class Parameter:
    """One of the constructor's: an argument of the rule, or how its tensors are updated."""

    name: str
    annotation: str
    default: str


_LAUNCHING = {
    "foreach": Parameter("foreach", "bool | None", "None"),
    "capturable": Parameter("capturable", "bool", "False"),
    "differentiable": Parameter("differentiable", "bool", "False"),
    "fused": Parameter("fused", "bool | None", "None"),
}


def _parameters(spec: Optimizer, args: tuple[Argument, ...]) -> dict[str, list[Parameter]]:
    """What the constructor takes: by position too, and by keyword before and after clipping."""
    of_rule = {a.name: Parameter(a.name, annotation(a, "Scalar"), a.default) for a in args}
    known = of_rule | _LAUNCHING
    positional = [*(a.name for a in args if not a.keyword), *spec.positional]
    return {
        "positional": [known[name] for name in positional],
        "of_rule": [p for name, p in of_rule.items() if name not in positional],
        "launching": [p for name, p in _LAUNCHING.items() if name not in positional],
    }


@dataclass(frozen=True)
class Sparse:
    """When a rule takes sparse gradients: a condition of the group's, and in a user's words."""

    condition: str
    words: str


def _sparse(spec: Optimizer, in_group: Printer) -> Sparse | None:
    """None where it never does."""
    settings = at_rest(spec)
    if not settings or any(s.shape.is_global for s in spec.states) or _goes_over_all(spec):
        return None
    options = {o.name for o in spec.options}

    def test(name: str, on: bool) -> Node:
        if name not in options:
            return apply(EQ, Name(name, HOST_REAL), ZERO)
        flag = Name(name, HOST_BOOLEAN)
        return flag if on else negation(flag)

    every = [
        reduce(partial(apply, AND), [test(*s) for s in one.items()]) for one in settings if one
    ]
    if len(every) < len(settings):
        return Sparse("True", "")  # whatever is set
    condition = reduce(partial(apply, OR), every)
    return Sparse(in_group(condition), Printer(TORCH)(condition))


def _goes_over_all(spec: Optimizer) -> bool:
    return any(update.value.has(OverTensors) for update in spec.updates)


def _is_torchs(peer: str) -> bool:
    return peer.rpartition(".")[0] == "torch.optim"


def _held(name: str, default: str) -> str:
    """An argument that a group need not have."""
    return f'group.get("{name}")' if default == "None" else f'group.get("{name}", {default})'


def _in_group(where: str) -> str:
    name, bracket, index = where.partition("[")
    return f'group["{name}"]{bracket}{index}'


def _branches_on_steps(kernel: Program, counted: Set[str]) -> bool:
    """Whether what tensors go through is chosen by the count of steps."""

    def chosen(body: tuple[Statement, ...]) -> bool:
        return any(
            isinstance(s, Branch)
            and (names(s.condition) & counted or chosen(s.then) or chosen(s.otherwise))
            for s in body
        )

    return chosen(kernel.body)
