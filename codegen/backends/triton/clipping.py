"""Clipping as functions of Triton: of a norm the scale, and of an element what it becomes."""

from collections.abc import Iterable
from dataclasses import dataclass

from ...program.forms import Printer
from ...program.nodes import assignments
from ...program.passes.expand import expand
from ..clipping import Clipping
from ..statements import assigned
from .printer import TRITON


@dataclass(frozen=True)
class Function:
    """A function as text.

    Args:
        name: its name.
        given: what it takes.
        body: its statements.
    """

    name: str
    given: tuple[str, str]
    body: list[str]


def functions(clippings: Iterable[Clipping]) -> list[Function]:
    """Of each way of clipping the scale, if it has one, and the elementwise part."""
    return [function for each in clippings for function in _functions(each)]


def _functions(clipping: Clipping) -> list[Function]:
    printer = Printer(TRITON)
    name, scale = clipping.spec.module, clipping.parts.scale
    *before, last = assignments(expand(clipping.parts.elementwise).body)
    body = [*map(assigned(printer), before), f"return {printer(last.value)}"]
    of_elements = Function(name, ("grad", clipping.scalar), body)
    if scale is None:
        return [of_elements]
    given = "norm", clipping.argument.name
    return [Function(f"{name}_scale", given, [f"return {printer(scale.value)}"]), of_elements]
