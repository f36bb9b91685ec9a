"""What the optimizer's template is filled with."""

from dataclasses import dataclass

from sympy import true

from ....specs.language import Optimizer, State
from ...program.allocate import Choice, Instruction, Listing, Step
from ...program.lower import lower_condition, lower_scalar
from ...program.nodes import Constant, Program, names, reads
from ...program.operations import Kind
from ...text import TextPrinter
from ..signature import Argument, arguments, checks
from .printer import HostPrinter, NumpyPrinter


@dataclass(frozen=True)
class Requirement:
    """One call of ``require``: the domain of one hyperparameter."""

    test: str
    label: str
    value: str
    domain: str


@dataclass(frozen=True)
class Initial:
    """A state's value before the first step, and the condition under which it exists."""

    name: str
    value: str
    when: str


def context(spec: Optimizer, program: Program, listing: Listing) -> dict[str, object]:
    """All variables of ``optimizer.py.j2``."""
    args = arguments(spec)
    attribute = HostPrinter({h.name: f"self.{h.name}" for h in spec.hyper})
    text = TextPrinter(spec)
    tensors = {s.name for s in program.tensor_slots}
    read = reads((*program.host, *program.body)) | {
        name for slot in program.slots if slot.when for name in names(slot.when)
    }
    printed = _printed(program, listing)
    return {
        "spec": spec,
        "arguments": args,
        "annotation": _annotation,
        "attribute": attribute,
        "checks": checks(spec),
        "requirements": [r for a in args for r in _requirements(a)],
        "initial": [_initial(spec, s, attribute) for s in spec.states],
        "equations": [text.equation(u) for u in spec.updates],
        "tensor_states": [s for s in spec.states if s.name in tensors],
        "scalar_states": [s for s in spec.states if s.name not in tensors],
        "scalar_slots": program.scalar_slots,
        "host": program.host,
        "steps": listing.steps,
        "scratch": listing.scratch,
        "comment": _Comments(listing.steps),
        "unpacked": [line for a in args for line in _unpacked(a, read)],
        "uses_first": "first" in read,
        "blockwise": not program.kinds() & {Kind.REDUCTION, Kind.MATRIX},
        "has_lr": any(a.name == "lr" for a in args),
        "needs_math": "math." in printed,
        "imports": [
            *("Array", "Optimizer"),
            *(["Rate"] if any(a.name == "lr" for a in args) else []),
            "Rule",
            *(["one_minus_power"] if "one_minus_power(" in printed else []),
            "require",
        ],
    }


def _annotation(a: Argument) -> str:
    if a.is_option:
        return "bool"
    if a.is_tuple:
        return f"tuple[{', '.join('float' for _ in a.members)}]"
    return "Rate" if a.name == "lr" else "float"


def _requirements(a: Argument) -> list[Requirement]:
    found: list[Requirement] = []
    for h in a.members:
        value = h.name if a.is_tuple or h.name == "lr" else f"self.{h.name}"
        test = h.domain.describe(value)
        if test != value:
            found.append(Requirement(test, a.label(h), value, h.domain.describe(h.name)))
    return found


def _initial(spec: Optimizer, state: State, attribute: HostPrinter) -> Initial:
    # Where the equations give the first value, what the array holds before does not matter.
    node = None if state.init is None else lower_scalar(spec, state.init)
    value = "0.0" if node is None else attribute(node)
    if isinstance(node, Constant):
        value = repr(float(node.value))
    when = "" if state.when == true else attribute(lower_condition(spec, state.when))
    return Initial(state.name, value, when)


def _unpacked(a: Argument, read: set[str]) -> list[str]:
    if a.is_tuple:
        members = [h.name if h.name in read else f"_{h.name}" for h in a.members]
        return [f"{', '.join(members)} = self.{a.name}"] if read & {*members} else []
    return [f"{a.name} = self.{a.name}"] if a.name in read and a.name != "lr" else []


def _printed(program: Program, listing: Listing) -> str:
    printer = NumpyPrinter()
    lines = [printer.scalar(a.value) for a in program.host]

    def collect(steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step, Choice):
                collect(step.then)
                collect(step.otherwise)
            else:
                lines.append(printer(step))

    collect(listing.steps)
    return "\n".join(lines)


class _Comments:
    """The equation a line came from, said once, at the first of its lines."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._first: set[int] = set()
        self._visit(steps, "")

    def _visit(self, steps: tuple[Step, ...], previous: str) -> str:
        for step in steps:
            if isinstance(step, Choice):
                after = self._visit(step.then, previous)
                previous = self._visit(step.otherwise, after)
            elif step.equation and step.equation != previous:
                previous = step.equation
                self._first.add(id(step))
        return previous

    def __call__(self, step: Instruction) -> str:
        if id(step) not in self._first:
            return ""
        # A line stands for one case of an equation with cases: only its name helps there.
        name, _, value = step.equation.partition(" = ")
        return name if " if " in value else step.equation
