"""A program as text, for people: ``steprule show SPEC --as program``."""

from collections.abc import Iterator

from . import operations as ops
from .forms import ATOM, PYTHON, Form, Language, Printer
from .iteration import iterations
from .nodes import Assign, Program, Statement, assignments, walk

TEXT = Printer(
    Language(
        "the listing",
        {op: op.name for op in ops.TABLE.values()}
        | {op: form for op, form in PYTHON.items() if op is not ops.SELECT}
        | {ops.SQUARE: Form("{}**2", operands=(ATOM,))},
        calls=True,
    )
)
"""Prints one expression."""


def listing(program: Program) -> str:
    """The program, one statement a line: first what the host computes, then the tensors."""
    slots = ", ".join(
        s.name if s.when is None else f"{s.name} (when {TEXT(s.when)})" for s in program.slots
    )
    lines = [f"program {program.spec}", f"slots: {slots}", ""]
    if program.tensor_slots:
        lines += ["host, float64:"]
        lines += [f"    {TEXT(a.target)} = {TEXT(a.value)}" for a in program.host]
        lines += ["", "tensors:"]
    lines += _lines(program.body, 1 if program.tensor_slots else 0)
    nodes = (n for a in assignments(program.body) for n in walk(a.value))
    for name, of in iterations(nodes).items():
        others = "".join(f", {other.id}" for other in of.others)
        lines += ["", f"{name}({of.count}, {of.given.id}{others}), each round:"]
        lines += _lines(of.body, 1)
    return "\n".join(lines) + "\n"


def _lines(statements: tuple[Statement, ...], depth: int) -> Iterator[str]:
    indent, text = "    " * depth, TEXT
    for s in statements:
        if isinstance(s, Assign):
            yield f"{indent}{text(s.target)} = {text(s.value)}"
        else:
            yield f"{indent}if {text(s.condition)}:"
            yield from _lines(s.then, depth + 1)
            if s.otherwise:
                yield f"{indent}else:"
                yield from _lines(s.otherwise, depth + 1)
