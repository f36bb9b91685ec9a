"""Numba: one element at a time, in the dtype of the arithmetic."""

from ...program import operations as ops
from ...program.cut import Parts
from ...program.forms import PYTHON, Language, Printer, Table
from ...program.nodes import Node, assignments
from ...program.passes.expand import expand
from ...program.types import DType

HOST: Table = {
    **PYTHON,
    ops.SQRT: "np.sqrt",
    ops.EXP: "np.exp",
    ops.EXPM1: "np.expm1",
    ops.LOG: "np.log",
    ops.TANH: "np.tanh",
    ops.ATAN2: "np.arctan2",
    ops.ABS: "np.abs",
    ops.SIGN: "np.sign",
    ops.MAX: "max",
    ops.MIN: "min",
}
"""What is known before any element: computed in float64, as conditions must be."""


def _cast(node: Node) -> str:
    return "({})" if node.type.dtype is DType.BOOLEAN else "real({})"


_OF_TENSORS: Table = {
    **HOST,
    ops.SQUARE: "kernel.square",
    ops.EXP: "kernel.exp",
    ops.LOG: "kernel.log",
    ops.POW: "kernel.power",
    ops.ATAN2: "kernel.atan2",
    ops.SIGN: "kernel.sign",
    ops.ERF: "kernel.erf",
    ops.MAX: "kernel.maximum",
    ops.MIN: "kernel.minimum",
    ops.CLIP: "kernel.minimum(kernel.maximum({}, {}), {})",
    ops.COPY: "{}",
    ops.FILL: "{0}",
    ops.LIFT: "{0}",
}

NUMBA = Language(
    "Numba",
    HOST,
    {**_OF_TENSORS, ops.STORED: "kernel.stored({}, stored)"},
    meeting=_cast,
)
"""Elements of tensors; a scalar of the host is cast where it meets one."""


NUMBERS: Table = {**_OF_TENSORS, ops.STORED: "kernel.stored(real({}), stored)"}
"""Numbers of tensors, in float64, which may be infinite or NaN."""


def clipped(parts: Parts) -> str:
    """The elementwise part of a transform."""
    (only,) = assignments(expand(parts.elementwise).body)
    return Printer(NUMBA)(only.value)
