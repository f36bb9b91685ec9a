"""A program as text, for people: ``steprule show SPEC --as program``."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from . import operations as ops
from .infix import Form, Infix, call
from .nodes import Assign, Program, Statement

_OPERATORS = {
    *(ops.OR, ops.AND, ops.NOT, ops.EQ, ops.NE, ops.LT, ops.LE, ops.GT, ops.GE),
    *(ops.ADD, ops.SUB, ops.MUL, ops.DIV, ops.FLOORDIV, ops.MOD, ops.POW, ops.NEG),
}


class _Text(Infix):
    functions: ClassVar[Mapping[ops.Operation, Form]] = {
        op: call(op.name) for op in ops.TABLE.values() if op not in _OPERATORS
    } | {ops.SQUARE: lambda x: f"{x}**2" if x.isidentifier() else f"({x})**2"}


def listing(program: Program) -> str:
    """The program, one statement a line: first what the host computes, then the tensors."""
    slots = ", ".join(
        s.name if s.when is None else f"{s.name} (when {_Text()(s.when)})" for s in program.slots
    )
    lines = [f"program {program.spec}", f"slots: {slots}", ""]
    if program.tensor_slots:
        lines += ["host, float64:"]
        lines += [f"    {_Text()(a.target)} = {_Text()(a.value)}" for a in program.host]
        lines += ["", "tensors:"]
    lines += _lines(program.body, 1 if program.tensor_slots else 0)
    return "\n".join(lines) + "\n"


def _lines(statements: tuple[Statement, ...], depth: int) -> Iterator[str]:
    indent, text = "    " * depth, _Text()
    for s in statements:
        if isinstance(s, Assign):
            yield f"{indent}{text(s.target)} = {text(s.value)}"
        else:
            yield f"{indent}if {text(s.condition)}:"
            yield from _lines(s.then, depth + 1)
            if s.otherwise:
                yield f"{indent}else:"
                yield from _lines(s.otherwise, depth + 1)
