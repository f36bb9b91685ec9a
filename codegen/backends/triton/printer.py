"""Triton: one block of elements at a time, in the dtype of the arithmetic."""

from ...program import operations as ops
from ...program.forms import PYTHON, Language, Table

_LACKING = {ops.FLOORDIV, ops.MOD}
"""Which Triton does not have for reals, though it has the operator."""

_NUMBERS: Table = {
    **{op: form for op, form in PYTHON.items() if op not in _LACKING},
    ops.DIV: "kernel.divide",
    ops.POW: "kernel.power",
    ops.SQUARE: "kernel.square",
    ops.SQRT: "kernel.sqrt",
    ops.SIGN: "kernel.sign",
    ops.MAX: "kernel.maximum",
    ops.MIN: "kernel.minimum",
    ops.CLIP: "kernel.minimum(kernel.maximum({}, {}), {})",
    ops.FILL: "kernel.fill",
    ops.LIFT: "kernel.fill",
    ops.COPY: "{}",
    ops.STORED: "kernel.stored({}, STORED)",
    ops.ABS: "tl.abs",
    ops.EXP: "tl.exp",
    ops.LOG: "tl.log",
    ops.TANH: "kernel.tanh",
    ops.ERF: "tl.erf",
    ops.ATAN2: "kernel.atan2",
    ops.COS: "tl.cos",
    ops.SIN: "tl.sin",
    ops.FLOOR: "tl.floor",
    ops.SELECT: "tl.where",
}

TRITON = Language(
    "Triton",
    _NUMBERS,
    {**_NUMBERS, ops.AND: "(({}) & ({}))", ops.OR: "(({}) | ({}))", ops.NOT: "~({})"},
)
"""Blocks of elements, and the numbers they meet."""
