"""NumPy: scalars as Python expressions, tensor operations as ufuncs with ``out=``."""

from collections.abc import Mapping
from textwrap import indent

from ...oracle.meanings import AXES
from ...program import operations as ops
from ...program.allocate import Instruction
from ...program.forms import PYTHON, Language, Printer, Table
from ...program.nodes import Apply
from ...program.operations import Kind
from ...program.turns import hands_over
from ..late import handed_over
from .unchosen import Unchosen

_HOST: Table = {
    **PYTHON,
    ops.SQRT: "math.sqrt",
    ops.EXP: "math.exp",
    ops.EXPM1: "math.expm1",
    ops.LOG: "math.log",
    ops.TANH: "math.tanh",
    ops.ERF: "math.erf",
    ops.ATAN2: "math.atan2",
    ops.COS: "math.cos",
    ops.SIN: "math.sin",
    ops.FLOOR: "math.floor",
    ops.PI: "math.pi",
    ops.ABS: "abs",
    ops.SIGN: "math.copysign({0} != 0, {0})",
    ops.MAX: "max",
    ops.MIN: "min",
    ops.CLIP: "min(max({}, {}), {})",
    ops.ONE_MINUS_POW: "one_minus_power",
}

_BESIDE: Table = {
    **_HOST,
    # What comes from tensors can be NaN, which Python's own functions lose, or so large that they
    # raise.
    ops.SQUARE: "np.square",
    ops.POW: "np.power",
    ops.EXP: "np.exp",
    ops.MAX: "np.maximum",
    ops.MIN: "np.minimum",
    ops.CLIP: "np.clip",
    ops.NORM: "norms.norm",
    ops.MEAN: "norms.mean",
    ops.TOTAL: "along.total",
    ops.AMAX: "along.amax",
    **{op: f"along.{name}({{}}, {op.axes})" for (name, _), op in ops.ALONG.items()},
    ops.LIFT: "{0}",
    ops.TRANSPOSE: "{}.mT",
    ops.TRACE: "matrices.trace",
    **{op: f"matrices.identity({{}}, {AXES[axis]})" for axis, op in ops.IDENTITY.items()},
    **{op: f"matrices.{op}" for op in ops.DECOMPOSITIONS},
    **{op: f"matrices.{op}" for op in (ops.LOWER, ops.SOLVE)},
    **dict.fromkeys(ops.LEADING.values(), "matrices.leading"),
}

HOST = Language("NumPy's host", _HOST, _BESIDE, calls=True)
"""Scalars, as Python floats, and what is said of arrays beside calls."""

_WHOLE = (Kind.REDUCTION, Kind.MATRIX)

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
    ops.TANH: "np.tanh",
    ops.ERF: "functions.erf",
    ops.ATAN2: "np.arctan2",
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
_WITHOUT_PLACES: Table = {
    **{op: called for op, called in _UFUNCS.items() if op not in PYTHON},
    **{op: form for op, form in PYTHON.items() if op not in (ops.AND, ops.OR, ops.NOT)},
    **{op: _UFUNCS[op] for op in (ops.AND, ops.OR, ops.NOT, ops.SQUARE)},
    ops.SIGN: "np.sign",
    ops.SELECT: "np.where",
    ops.FILL: "np.full_like({1}, {0})",
    **{op: form for op, form in _BESIDE.items() if op.kind in _WHOLE},
    ops.MATMUL: "np.matmul",
}

EXPRESSIONS = Language("NumPy", _HOST, _WITHOUT_PLACES, calls=True)
"""Arrays as expressions, which give new ones."""

LATE = Language(
    "NumPy, after totals",
    {
        **{op: form for op, form in _WITHOUT_PLACES.items() if op not in PYTHON},
        **PYTHON,
        ops.COS: "np.cos",
        ops.SIN: "np.sin",
        ops.FLOOR: "np.floor",
        ops.ONE_MINUS_POW: "one_minus_power",
        ops.PI: "math.pi",
    },
)
"""Numbers that are made of totals, as NumPy's: what has no finite result must not stop a step."""

_AUGMENTED = {ops.ADD: "+=", ops.SUB: "-=", ops.MUL: "*=", ops.DIV: "/="}


class NumpyPrinter:
    """One instruction of an allocated program as one Python statement, or several as a block."""

    def __init__(self, renamed: Mapping[str, str] | None = None) -> None:
        self.scalar = Printer(HOST, renamed)

    def __call__(self, step: Instruction | Unchosen) -> str:
        if isinstance(step, Unchosen):
            lines = indent("\n".join(map(self, step.steps)), "    ")
            return f'with np.errstate(all="ignore"):  # of what is not chosen\n{lines}'
        if step.op is None and hands_over(step.args[0]):
            return handed_over(self.scalar, step.args[0])
        args = [self.scalar(a) for a in step.args]
        match step.op:
            case None | ops.FILL | ops.COPY if step.into is not None:
                return self._stored(step, f"np.copyto({step.into}, {args[0]})")
            case None:
                return f"{step.target} = {args[0]}"
            case ops.TRANSPOSE:
                return f"{step.target} = {self.scalar(Apply(step.op, step.args))}"
            case op if op.kind is Kind.REDUCTION or (op.kind is Kind.MATRIX and op not in _UFUNCS):
                value = self.scalar(Apply(op, step.args))
                if step.into is None:
                    return f"{step.target} = {value}"
                return self._stored(step, f"np.copyto({step.into}, {value})")
            case ops.FILL:
                return f"{step.target} = np.full_like({args[1]}, {args[0]})"
            case ops.STORED:
                into = f", out={step.into}" if step.into is not None else ""
                rounded = f"functions.stored({args[0]}, step.storage{into})"
                return rounded if step.target == step.into else f"{step.target} = {rounded}"
            case ops.SELECT if step.into is not None:
                return self._stored(step, f"np.copyto({step.into}, np.where({', '.join(args)}))")
            case ops.SELECT:
                return f"{step.target} = np.where({', '.join(args)})"
            case op if op in _AUGMENTED and step.target == step.into in args[: _places(op)]:
                other = args[1] if args[0] == step.into else args[0]
                return f"{step.into} {_AUGMENTED[op]} {other}"
            case op if op in _UFUNCS and step.into is not None:
                bound = "" if step.target == step.into else f"{step.target} = "
                return f"{bound}{_UFUNCS[op]}({', '.join(args)}, out={step.into})"
            case op if op in _UFUNCS:
                return f"{step.target} = {_UFUNCS[op]}({', '.join(args)})"
        raise NotImplementedError(f"NumPy has no form for {step.op}")

    def _stored(self, step: Instruction, stored: str) -> str:
        return stored if step.target == step.into else f"{stored}\n{step.target} = {step.into}"


def _places(op: ops.Operation) -> int:
    """Among how many operands the one may be that is written over."""
    return 2 if op in ops.COMMUTATIVE else 1
