"""What the templates of all classes in Python are filled with: arguments, checks, comments."""

from dataclasses import dataclass

from sympy import sympify, true

from ...specs.language import Optimizer
from ..notation.text import TextPrinter
from ..program.allocate import Choice, Instruction, Step
from ..program.infix import Infix
from ..program.lower import lower_expression
from ..program.nodes import Assign, Branch, Constant, Program, Statement, names, reads
from ..program.operations import Kind
from .signature import Argument, arguments, checks


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


def class_context(spec: Optimizer, program: Program, attribute: Infix) -> dict[str, object]:
    """The variables that templates of classes share.

    Args:
        spec: an analysed spec.
        program: its compiled program.
        attribute: prints hyperparameters as the class holds them.
    """
    args = arguments(spec)
    text = TextPrinter(spec)
    tensors = {s.name for s in program.tensor_slots}
    read = names_read(program)
    return {
        "spec": spec,
        "arguments": args,
        "attribute": attribute,
        "checks": checks(spec),
        "requirements": [r for a in args for r in _requirements(a, attribute)],
        "initial": _initial(spec, attribute),
        "equations": [text.equation(u) for u in spec.updates],
        "tensor_states": [s for s in spec.states if s.name in tensors],
        "scalar_states": [s for s in spec.states if s.name not in tensors],
        "scalar_slots": program.scalar_slots,
        "host": program.host,
        "uses_first": "first" in read,
        "on_matrices": Kind.MATRIX in program.kinds(),
        "read": read,
    }


def names_read(program: Program) -> set[str]:
    """The names a step reads, those in the conditions of its states among them."""
    read = reads((*program.host, *program.body))
    return read | {name for slot in program.slots if slot.when for name in names(slot.when)}


def _requirements(a: Argument, attribute: Infix) -> list[Requirement]:
    found: list[Requirement] = []
    for h in a.members:
        value = h.name if a.is_tuple else attribute.name(h.name)
        test = h.domain.describe(value)
        if test != value:
            found.append(Requirement(test, a.label(h), value, h.domain.describe(h.name)))
    return found


def _initial(spec: Optimizer, attribute: Infix) -> list[Initial]:
    found: list[Initial] = []
    for state in spec.states:
        # Where the equations give the first value, what was stored before does not matter.
        node = None if state.init is None else lower_expression(spec, sympify(state.init))
        value = "0.0" if node is None else attribute(node)
        if isinstance(node, Constant):
            value = repr(float(node.value))
        when = "" if state.when == true else attribute(lower_expression(spec, state.when))
        found.append(Initial(state.name, value, when))
    return found


class Comments:
    """The equation a line came from, said once, at the first of its lines."""

    def __init__(self, steps: tuple[Step | Statement, ...]) -> None:
        self._first: set[int] = set()
        self._visit(steps, "")

    def _visit(self, steps: tuple[Step | Statement, ...], previous: str) -> str:
        for step in steps:
            if isinstance(step, Choice | Branch):
                after = self._visit(step.then, previous)
                previous = self._visit(step.otherwise, after)
            elif step.equation and step.equation != previous:
                previous = step.equation
                self._first.add(id(step))
        return previous

    def __call__(self, step: Instruction | Assign) -> str:
        if id(step) not in self._first:
            return ""
        # A line stands for one case of an equation with cases: only its name helps there.
        name, _, value = step.equation.partition(" = ")
        return name if " if " in value else step.equation
