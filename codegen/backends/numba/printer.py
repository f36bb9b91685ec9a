"""Numba: one element at a time, in the dtype of the arithmetic."""

from collections.abc import Mapping
from typing import ClassVar

from ...program import operations as ops
from ...program.cut import Parts
from ...program.infix import Form, Infix, call
from ...program.nodes import DType, Name, Node, assignments
from ...program.passes.expand import expand


class HostPrinter(Infix):
    """What is known before any element: computed in float64, as conditions must be."""

    functions: ClassVar[Mapping[ops.Operation, Form]] = {
        ops.SQRT: call("np.sqrt"),
        ops.EXP: call("np.exp"),
        ops.EXPM1: call("np.expm1"),
        ops.LOG: call("np.log"),
        ops.ABS: call("np.abs"),
        ops.SIGN: call("np.sign"),
        ops.MAX: call("max"),
        ops.MIN: call("min"),
        ops.SELECT: lambda test, yes, no: f"({yes} if {test} else {no})",
    }


class ElementPrinter(HostPrinter):
    """Elements of tensors; a scalar of the host is cast where it meets one."""

    functions: ClassVar[Mapping[ops.Operation, Form]] = {
        **HostPrinter.functions,
        ops.SQUARE: call("kernel.square"),
        ops.SIGN: call("kernel.sign"),
        ops.MAX: call("kernel.maximum"),
        ops.MIN: call("kernel.minimum"),
        ops.CLIP: lambda x, low, high: f"kernel.minimum(kernel.maximum({x}, {low}), {high})",
        ops.COPY: lambda x: x,
        ops.FILL: lambda value, like: value,
    }
    _host = HostPrinter()

    def _print(self, node: Node) -> tuple[str, int]:
        if not node.on_host:
            return super()._print(node)
        cast = "" if node.type.dtype is DType.BOOLEAN else "real"
        return super()._print(Name(f"{cast}({self._host(node)})", node.type))


def clipped(parts: Parts) -> str:
    """The elementwise part of a transform."""
    (only,) = assignments(expand(parts.elementwise).body)
    return ElementPrinter()(only.value)
