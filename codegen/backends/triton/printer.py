"""Triton: one block of elements at a time, in the dtype of the arithmetic."""

from collections.abc import Mapping
from typing import ClassVar

from ...program import operations as ops
from ...program.cut import Parts
from ...program.infix import Form, Infix, call
from ...program.nodes import Apply, assignments
from ...program.passes.expand import expand


class GivenPrinter(Infix):
    """Conditions, from the scalars of a step by name."""

    def name(self, name: str) -> str:
        return f'scalars["{name}"]'


class ElementPrinter(Infix):
    """Blocks of elements, and the numbers they meet."""

    functions: ClassVar[Mapping[ops.Operation, Form]] = {
        ops.DIV: call("kernel.divide"),
        ops.SQUARE: call("kernel.square"),
        ops.SQRT: call("kernel.sqrt"),
        ops.SIGN: call("kernel.sign"),
        ops.MAX: call("kernel.maximum"),
        ops.MIN: call("kernel.minimum"),
        ops.CLIP: lambda x, low, high: f"kernel.minimum(kernel.maximum({x}, {low}), {high})",
        ops.FILL: call("kernel.fill"),
        ops.COPY: lambda x: x,
        ops.ABS: call("tl.abs"),
        ops.EXP: call("tl.exp"),
        ops.LOG: call("tl.log"),
        ops.COS: call("tl.cos"),
        ops.FLOOR: call("tl.floor"),
        ops.SELECT: call("tl.where"),
    }
    _of_elements: ClassVar[Mapping[ops.Operation, Form]] = {
        ops.AND: lambda a, b: f"(({a}) & ({b}))",
        ops.OR: lambda a, b: f"(({a}) | ({b}))",
        ops.NOT: lambda a: f"~({a})",
    }
    _lacking = frozenset({ops.POW, ops.FLOORDIV, ops.MOD})
    """Which Triton does not have for reals, though it has the operator."""

    def form(self, node: Apply) -> Form | None:
        if node.op in self._lacking:
            raise NotImplementedError(f"Triton has no {node.op} of reals")
        return super().form(node) or (None if node.on_host else self._of_elements.get(node.op))


def clipped(parts: Parts) -> list[str]:
    """The elementwise part of a transform, as the statements of a function."""
    *before, last = assignments(expand(parts.elementwise).body)
    printed = ElementPrinter()
    lines = [f"{each.target.id} = {printed(each.value)}" for each in before]
    return [*lines, f"return {printed(last.value)}"]
