"""Numba: one element at a time, in the dtype of the arithmetic."""

from fractions import Fraction

from ...program import operations as ops
from ...program.cut import Parts
from ...program.forms import PYTHON, Language, Printer, Table
from ...program.nodes import Apply, Constant, Name, Node, Statement, assignments, walk
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


def _power(node: Apply) -> str:
    """Of an exponent that the host knows, kernels are compiled for whether it is a half."""
    if node.args[1] == Constant(Fraction(1, 3)):
        return "kernel.cube_root({0})"
    exponent = _known_exponent(node)
    return f"kernel.power({{}}, {{}}, {half(exponent.id) if exponent else False})"


def _known_exponent(power: Apply) -> Name | None:
    """The exponent, where it is a number that the host knows by name."""
    exponent = power.args[1]
    return exponent if isinstance(exponent, Name) and exponent.on_host else None


def half(exponent: str) -> str:
    """The name of whether an exponent is a half."""
    return f"_{exponent}_is_half"


def exponents(body: tuple[Statement, ...]) -> list[Name]:
    """Of the powers of elements in statements, those exponents, each once."""
    found = (
        _known_exponent(node)
        for each in assignments(body)
        for node in walk(each.value)
        if isinstance(node, Apply) and node.op is ops.POW and not node.on_host
    )
    return [*dict.fromkeys(e for e in found if e is not None)]


_OF_TENSORS: Table = {
    **HOST,
    ops.SQUARE: "kernel.square",
    ops.EXP: "kernel.exp",
    ops.LOG: "kernel.log",
    ops.POW: _power,
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
