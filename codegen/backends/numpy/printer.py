"""NumPy: scalars as Python expressions, tensor operations as ufuncs with ``out=``."""

from collections.abc import Mapping
from typing import ClassVar

from ...program import operations as ops
from ...program.allocate import Instruction
from ...program.infix import Form, Infix, call
from ...program.nodes import Apply


def _transpose(x: str) -> str:
    return f"{x}.mT" if x.isidentifier() else f"({x}).mT"


class HostPrinter(Infix):
    """Scalars, as Python floats."""

    # What comes from tensors can be NaN, which Python's own functions lose.
    _beside_tensors: ClassVar[Mapping[ops.Operation, Form]] = {
        ops.MAX: call("np.maximum"),
        ops.MIN: call("np.minimum"),
        ops.CLIP: call("np.clip"),
    }

    functions: ClassVar[Mapping[ops.Operation, Form]] = {
        ops.SQRT: call("math.sqrt"),
        ops.EXP: call("math.exp"),
        ops.EXPM1: call("math.expm1"),
        ops.LOG: call("math.log"),
        ops.ABS: call("abs"),
        ops.SIGN: lambda x: f"math.copysign({x} != 0, {x})",
        ops.MAX: call("max"),
        ops.MIN: call("min"),
        ops.CLIP: lambda x, low, high: f"min(max({x}, {low}), {high})",
        ops.ONE_MINUS_POW: call("one_minus_power"),
        ops.SELECT: lambda test, yes, no: f"({yes} if {test} else {no})",
        ops.NORM: call("norms.norm"),
        ops.MEAN: call("norms.mean"),
        ops.LIFT: lambda value, like: value,
        ops.TRANSPOSE: _transpose,
    }

    def form(self, node: Apply) -> Form | None:
        beside = None if node.on_host else self._beside_tensors.get(node.op)
        return beside or super().form(node)


_UFUNCS = {
    ops.ADD: "np.add",
    ops.SUB: "np.subtract",
    ops.MUL: "np.multiply",
    ops.DIV: "np.divide",
    ops.NEG: "np.negative",
    ops.SQUARE: "np.square",
    ops.POW: "np.power",
    ops.SQRT: "np.sqrt",
    ops.EXP: "np.exp",
    ops.EXPM1: "np.expm1",
    ops.LOG: "np.log",
    ops.ABS: "np.abs",
    ops.SIGN: "np.sign",
    ops.MAX: "np.maximum",
    ops.MIN: "np.minimum",
    ops.CLIP: "np.clip",
    ops.EQ: "np.equal",
    ops.NE: "np.not_equal",
    ops.LT: "np.less",
    ops.LE: "np.less_equal",
    ops.GT: "np.greater",
    ops.GE: "np.greater_equal",
    ops.AND: "np.logical_and",
    ops.OR: "np.logical_or",
    ops.NOT: "np.logical_not",
    ops.MATMUL: "np.matmul",
    ops.COPY: "np.copy",
}
_AUGMENTED = {ops.ADD: "+=", ops.SUB: "-=", ops.MUL: "*=", ops.DIV: "/="}


class NumpyPrinter:
    """One instruction of an allocated program as one Python statement."""

    def __init__(self, renamed: Mapping[str, str] | None = None) -> None:
        self.scalar = HostPrinter(renamed)

    def __call__(self, step: Instruction) -> str:
        args = [self.scalar(a) for a in step.args]
        if step.op is None:
            if step.into is None:
                return f"{step.target} = {args[0]}"
            return self._copy(step, args[0])
        if step.into is not None and step.op in _AUGMENTED and step.target == step.into:
            if args[0] == step.into:
                return f"{step.into} {_AUGMENTED[step.op]} {args[1]}"
            if args[1] == step.into and step.op in ops.COMMUTATIVE:
                return f"{step.into} {_AUGMENTED[step.op]} {args[0]}"
        return self._call(step, args)

    def _call(self, step: Instruction, args: list[str]) -> str:
        operands = ", ".join(args)
        if step.op is ops.TRANSPOSE:
            return f"{step.target} = {_transpose(args[0])}"
        if step.op in (ops.FILL, ops.COPY) and step.into is not None:
            return self._copy(step, args[0])
        if step.op is ops.FILL:
            return f"{step.target} = np.full_like({args[1]}, {args[0]})"
        if step.op is ops.SELECT:
            value = f"np.where({operands})"
            if step.into is None:
                return f"{step.target} = {value}"
            return self._copy(step, value)
        if step.op not in _UFUNCS:
            raise NotImplementedError(f"NumpyPrinter cannot print {step.op}")
        function = _UFUNCS[step.op]
        if step.into is None:
            return f"{step.target} = {function}({operands})"
        return f"{self._bind(step)}{function}({operands}, out={step.into})"

    def _copy(self, step: Instruction, value: str) -> str:
        copied = f"np.copyto({step.into}, {value})"
        if step.target == step.into:
            return copied
        return f"{copied}\n{step.target} = {step.into}"

    def _bind(self, step: Instruction) -> str:
        return "" if step.target == step.into else f"{step.target} = "
