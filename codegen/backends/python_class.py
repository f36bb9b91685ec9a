"""What the templates of all classes in Python are filled with: arguments, checks, comments."""

from collections.abc import Callable
from dataclasses import dataclass

from sympy import sympify, true

from ...specs.language import Optimizer, State, machine_epsilon
from ...specs.language.shapes import ONE
from ..analysis.matrices import needs_matrices
from ..notation.text import text_of
from ..program.compiled import CompiledRule
from ..program.forms import Printer
from ..program.lower import lower_expression
from ..program.nodes import Apply, Constant, Program, assignments, walk
from ..program.operations import STORED
from .inputs import inputs_as_text
from .signature import Argument, arguments, checks
from .views import view_as_text, viewing


@dataclass(frozen=True)
class Domain:
    """What an argument must satisfy, as Python: one condition, or one on each of its numbers."""

    argument: str
    conditions: tuple[str, ...]
    is_tuple: bool


@dataclass(frozen=True)
class Initial:
    """What a state starts as, as text, and the condition under which it exists."""

    name: str
    value: str
    when: str


def class_context(
    spec: Optimizer, program: Program, attribute: Printer, held: Callable[[str, str], str]
) -> dict[str, object]:
    """The variables that templates of classes share.

    Args:
        spec: an analysed spec.
        program: its compiled program.
        attribute: prints hyperparameters as the class holds them.
        held: how an argument that equations do not read is written, given its name and default.
    """
    args = arguments(spec)
    text = text_of(spec)
    tensors = {s.name for s in program.tensor_slots}
    numbers = {s.name for s in program.scalar_slots}
    read = program.read
    given = inputs_as_text(spec, attribute)
    return {
        "spec": spec,
        "arguments": args,
        "read_arguments": [a for a in args if a.name not in viewing(spec)],
        "view": view_as_text(spec, attribute, args, held),
        "attribute": attribute,
        "checks": checks(spec),
        "domains": _domains(args),
        "whole": [h.name for a in args for h in a.members if h.is_whole and not a.is_tuple],
        "words": {a.name: tuple(a.words) for a in args if a.words},
        "initial": _initial(spec, attribute),
        "starts": "Start" if any(s.starts_as_parameter for s in spec.states) else "float",
        "equations": [text.equation(u) for u in spec.updates],
        "tensor_states": [s for s in spec.states if s.name in tensors],
        "scalar_states": [s for s in spec.states if s.name in numbers],
        "global_states": [s for s in spec.states if s.shape.is_global],
        "inputs": [i for i in given if not i.is_random],
        "random": [i for i in given if i.is_random],
        "tensor_inputs": sorted((i for i in given if i.is_tensor), key=lambda i: i.is_random),
        "scalar_inputs": [i for i in given if not i.is_tensor],
        "facts": {
            name: "float" if name == machine_epsilon.name else "int" for name in program.facts
        },
        "axes": {
            s.name: tuple(str(axis) if axis != ONE else 1 for axis in s.shape.axes)
            for s in spec.states
            if not (s.shape.is_number or s.shape.is_whole)
        },
        "scalar_slots": program.scalar_slots,
        "host": program.host,
        "uses_first": "first" in read,
        "rounds": any(
            isinstance(n, Apply) and n.op is STORED
            for a in assignments(program.body)
            for n in walk(a.value)
        ),
        "on_matrices": needs_matrices(spec),
        "read": read,
    }


def passes(compiled: CompiledRule) -> str:
    """How often kernels go through memory, in words."""
    return "one pass" if compiled.passes == 1 else f"{compiled.passes} passes"


def _domains(args: tuple[Argument, ...]) -> list[Domain]:
    """Those of numbers that are bounded."""
    found: list[Domain] = []
    for a in args:
        conditions = tuple(h.domain.describe(h.name) for h in a.members)
        if conditions != tuple(h.name for h in a.members):
            found.append(Domain(a.name, conditions, a.is_tuple))
    return found


def _initial(spec: Optimizer, attribute: Printer) -> list[Initial]:
    found: list[Initial] = []
    for state in spec.states:
        value = _start(spec, state, attribute)
        when = "" if state.when == true else attribute(lower_expression(spec, state.when))
        if when and " if " in value:
            value = f"({value})"
        found.append(Initial(state.name, value, when))
    return found


def _start(spec: Optimizer, state: State, attribute: Printer) -> str:
    if state.init is None:  # the equations give the first value, whatever was stored before
        return "0.0"
    if state.starts_as_parameter:
        return '"theta"'
    node = lower_expression(spec, sympify(state.init))
    return repr(float(node.value)) if isinstance(node, Constant) else attribute(node)
