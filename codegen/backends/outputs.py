"""An output as a function of tensors and scalars, for the classes in Python.

It is printed from the program of the rule that it is the new parameter of.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from ...specs.language import Optimizer
from ..notation.text import text_of
from ..program.compiled import CompiledRule
from ..program.forms import Language, Printer
from ..program.nodes import Assign, Program
from .signature import Argument, arguments, taken_apart, tests
from .statements import assigned, block

_RESULT = "theta"


@dataclass(frozen=True)
class OutputFunction:
    """A function of the parameter, and by keyword of what else it reads.

    Args:
        name: of the output.
        doc: what it is for.
        equation: as text.
        parameters: by keyword, with their kinds: ``tensor``, ``number``, or an argument.
        lines: its statements, the last of which gives the output.
    """

    name: str
    doc: str
    equation: str
    parameters: Mapping[str, str | Argument]
    lines: list[str]


def output_functions(compiled: CompiledRule, language: Language) -> list[OutputFunction]:
    """The functions of a rule's outputs."""
    spec, text = compiled.spec, text_of(compiled.spec)
    return [
        OutputFunction(
            name=o.name,
            doc=o.doc,
            equation=f"{o.name}[t] = {text.expression(o.value)}",
            parameters=_parameters(spec, compiled.outputs[o.name]),
            lines=_lines(spec, compiled.outputs[o.name], language),
        )
        for o in spec.outputs
    ]


def _parameters(spec: Optimizer, program: Program) -> dict[str, str | Argument]:
    read = program.read
    found: dict[str, str | Argument] = {
        state.name: "number" if state.shape.on_host else "tensor"
        for state in spec.states
        if state.name in read
    }
    if read & {"t", "first"}:
        found["t"] = "number"
    return found | {a.name: a for a in _read(spec, read)}


def _read(spec: Optimizer, read: Set[str]) -> list[Argument]:
    return [a for a in arguments(spec) if {a.name, *a.flags, *(h.name for h in a.members)} & read]


def _lines(spec: Optimizer, program: Program, language: Language) -> list[str]:
    printer = Printer(language)
    read = program.read
    lines: list[str] = []
    for a in _read(spec, read):
        if a.is_tuple:
            own = [h.name if h.name in read else f"_{h.name}" for h in a.members]
            lines.append(taken_apart(a.name, own))
        asked = tests((a,), str).items()
        lines += [f"{flag} = {test[1:-1]}" for flag, test in asked if flag in read]
    lines += ["first = t == 1"] if "first" in read else []
    lines += map(assigned(printer), program.host)
    body, result = program.body, printer.name(_RESULT)
    if body and isinstance(last := body[-1], Assign):
        body, result = body[:-1], printer(last.value)
    text = block(body, printer, assigned(printer))
    lines += [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    return [*lines, f"return {result}"]
