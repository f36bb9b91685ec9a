"""NumPy: scalars as Python expressions, tensor operations as ufuncs with ``out=``."""

from typing import ClassVar

from ...program import operations as ops
from ...program.allocate import Instruction
from ...program.infix import Form, Infix, call


def spelled(name: str) -> str:
    """A name in Python; ``m[t]`` is left where the stored value is still needed beside it."""
    return f"{name.removesuffix('[t]')}_new" if name.endswith("[t]") else name


class HostPrinter(Infix):
    """Scalars, as Python floats."""

    functions: ClassVar[dict[ops.Operation, Form]] = {
        ops.SQUARE: lambda x: f"({x}) ** 2",
        ops.SQRT: call("math.sqrt"),
        ops.EXP: call("math.exp"),
        ops.EXPM1: call("math.expm1"),
        ops.LOG: call("math.log"),
        ops.ABS: call("abs"),
        ops.SIGN: lambda x: f"math.copysign({x} != 0, {x})",
        ops.MAX: call("max"),
        ops.MIN: call("min"),
        ops.CLIP: lambda x, low, high: f"min(max({x}, {low}), {high})",
        ops.LERP: lambda a, b, w: f"({a}) + ({w}) * (({b}) - ({a}))",
        ops.ONE_MINUS_POW: call("one_minus_power"),
        ops.SELECT: lambda test, yes, no: f"({yes} if {test} else {no})",
        ops.NORM: call("np.linalg.norm"),
        ops.MEAN: call("np.mean"),
    }

    def name(self, name: str) -> str:
        return spelled(super().name(name))


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
}
_AUGMENTED = {ops.ADD: "+=", ops.SUB: "-=", ops.MUL: "*=", ops.DIV: "/="}
_COMMUTATIVE = {ops.ADD, ops.MUL}


class NumpyPrinter:
    """One instruction of an allocated program as one Python statement."""

    scalar = HostPrinter()

    def __call__(self, step: Instruction) -> str:
        target = spelled(step.target)
        args = [self.scalar(a) for a in step.args]
        if step.op is None:
            if step.into is None:
                return f"{target} = {args[0]}"
            return self._copy(step, args[0])
        if step.into is not None and step.op in _AUGMENTED and step.target == step.into:
            if args[0] == step.into:
                return f"{step.into} {_AUGMENTED[step.op]} {args[1]}"
            if args[1] == step.into and step.op in _COMMUTATIVE:
                return f"{step.into} {_AUGMENTED[step.op]} {args[0]}"
        return self._call(step, args)

    def _call(self, step: Instruction, args: list[str]) -> str:
        operands = ", ".join(args)
        if step.op is ops.TRANSPOSE:
            return f"{spelled(step.target)} = {args[0]}.T"
        if step.op is ops.SELECT:
            value = f"np.where({operands})"
            if step.into is None:
                return f"{spelled(step.target)} = {value}"
            return self._copy(step, value)
        if step.op not in _UFUNCS:
            raise NotImplementedError(f"NumpyPrinter cannot print {step.op}")
        function = _UFUNCS[step.op]
        if step.into is None:
            return f"{spelled(step.target)} = {function}({operands})"
        return f"{self._bind(step)}{function}({operands}, out={step.into})"

    def _copy(self, step: Instruction, value: str) -> str:
        copied = f"np.copyto({step.into}, {value})"
        if step.target == step.into:
            return copied
        return f"{copied}\n{spelled(step.target)} = {step.into}"

    def _bind(self, step: Instruction) -> str:
        return "" if step.target == step.into else f"{spelled(step.target)} = "
