"""Instructions as NumPy statements."""

from fractions import Fraction as Q

import pytest
from steprule.codegen.backends.numpy.printer import HOST, NumpyPrinter
from steprule.codegen.program import operations as ops
from steprule.codegen.program.allocate import Instruction
from steprule.codegen.program.forms import Printer
from steprule.codegen.program.nodes import Constant, Name, apply
from steprule.codegen.program.types import HOST_REAL, TENSOR

x, y, tmp1 = (Name(n, TENSOR) for n in ("x", "y", "tmp1"))
a, b = (Name(n, HOST_REAL) for n in "ab")
statement = NumpyPrinter()


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Instruction("m", ops.ADD, (x, y), "m"), "np.add(x, y, out=m)"),
        (Instruction("x", ops.ADD, (x, y), "x"), "x += y"),
        (Instruction("x", ops.MUL, (a, x), "x"), "x *= a"),
        (Instruction("x", ops.SUB, (y, x), "x"), "np.subtract(y, x, out=x)"),
        (Instruction("x", ops.DIV, (a, x), "x"), "np.divide(a, x, out=x)"),
        (Instruction("d", ops.SQRT, (x,), "tmp1"), "d = np.sqrt(x, out=tmp1)"),
        (Instruction("d", ops.MATMUL, (x, y), None), "d = np.matmul(x, y)"),
        (Instruction("d", ops.TRANSPOSE, (x,), None), "d = x.mT"),
        (Instruction("d", ops.COPY, (x,), None), "d = np.copy(x)"),
        (Instruction("m", ops.COPY, (apply(ops.TRANSPOSE, x),), "m"), "np.copyto(m, x.mT)"),
        (Instruction("m", ops.FILL, (a, x), "m"), "np.copyto(m, a)"),
        (Instruction("d", ops.FILL, (a, x), None), "d = np.full_like(x, a)"),
        (Instruction("m", None, (x,), "m"), "np.copyto(m, x)"),
        (Instruction("d", None, (x,), "tmp1"), "np.copyto(tmp1, x)\nd = tmp1"),
        (Instruction("d", None, (x,), None), "d = x"),
        (
            Instruction("d", ops.SELECT, (tmp1, x, y), "tmp1"),
            "np.copyto(tmp1, np.where(tmp1, x, y))\nd = tmp1",
        ),
        (
            Instruction("d", ops.DIV, (x, apply(ops.MAX, apply(ops.NORM, y), a)), "tmp1"),
            "d = np.divide(x, np.maximum(norms.norm(y), a), out=tmp1)",
        ),
    ],
)
def test_statements(step, expected):
    assert statement(step) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (apply(ops.SQRT, apply(ops.ADD, a, b)), "math.sqrt(a + b)"),
        (apply(ops.CLIP, a, b, Constant(Q(1))), "min(max(a, b), 1)"),
        (apply(ops.MUL, apply(ops.SQUARE, a), b), "a ** 2 * b"),
        (apply(ops.SIGN, a), "math.copysign(a != 0, a)"),
        (apply(ops.ONE_MINUS_POW, a, b), "one_minus_power(a, b)"),
        (
            apply(ops.MUL, apply(ops.SELECT, apply(ops.GT, a, b), a, b), b),
            "(a if a > b else b) * b",
        ),
        (apply(ops.MEAN, x), "norms.mean(x)"),
    ],
)
def test_scalars(node, expected):
    assert Printer(HOST)(node) == expected


def test_what_it_cannot_print_is_named():
    odd = ops.Operation("odd", 1, ops.Kind.ELEMENTWISE, abs)
    with pytest.raises(NotImplementedError, match="NumPy has no form for odd"):
        statement(Instruction("x", odd, (x,), "x"))
    with pytest.raises(NotImplementedError, match="NumPy's host has no form for odd"):
        Printer(HOST)(apply(odd, a))
