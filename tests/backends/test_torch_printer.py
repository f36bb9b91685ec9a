"""Nodes as expressions over one tensor, instructions as calls on lists."""

from fractions import Fraction as Q

import pytest
from steprule.codegen.backends.torch.printer import TORCH, ForeachPrinter
from steprule.codegen.program import operations as ops
from steprule.codegen.program.allocate import Instruction
from steprule.codegen.program.forms import Printer
from steprule.codegen.program.nodes import Constant, Name, apply
from steprule.codegen.program.types import HOST_BOOLEAN, HOST_REAL, TENSOR

x, y, tmp1 = (Name(n, TENSOR) for n in ("x", "y", "tmp1"))
a, b = (Name(n, HOST_REAL) for n in "ab")
f = Name("f", HOST_BOOLEAN)
NORM = apply(ops.NORM, x)
turned = apply(ops.TRANSPOSE, y)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (apply(ops.SQRT, apply(ops.ADD, x, y)), "(x + y).sqrt()"),
        (apply(ops.SQUARE, x), "x.square()"),
        (apply(ops.MUL, a, apply(ops.ABS, x)), "a * x.abs()"),
        (apply(ops.MAX, x, y), "torch.maximum(x, y)"),
        (apply(ops.MAX, x, a), "x.clamp(min=a)"),
        (apply(ops.MIN, a, x), "x.clamp(max=a)"),
        (apply(ops.MAX, a, apply(ops.DIV, x, y)), "(x / y).clamp(min=a)"),
        (apply(ops.SELECT, apply(ops.GT, x, a), x, y), "torch.where(x > a, x, y)"),
        (apply(ops.AND, apply(ops.GT, x, a), f), "((x > a) & (f))"),
        (apply(ops.NOT, apply(ops.GT, x, a)), "~(x > a)"),
        (apply(ops.TRANSPOSE, apply(ops.MATMUL, x, turned)), "torch.matmul(x, y.mT).mT"),
        (apply(ops.DIV, x, NORM), "x / norms.norm(x)"),
        (apply(ops.COPY, x), "x.clone()"),
        (apply(ops.FILL, a, x), "(torch.zeros_like(x) + a)"),
        (apply(ops.SQRT, a), "scalars.sqrt(a)"),
        (apply(ops.SQUARE, apply(ops.ADD, a, b)), "(a + b) ** 2"),
    ],
)
def test_one_tensor(node, expected):
    assert Printer(TORCH)(node) == expected


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (Instruction("x", ops.MUL, (a, x), "x"), "torch._foreach_mul_(x, a)"),
        (Instruction("d", ops.SQUARE, (x,), "tmp1"), "d = torch._foreach_mul(x, x)"),
        (Instruction("d", ops.SQRT, (tmp1,), "tmp1"), "torch._foreach_sqrt_(tmp1)\nd = tmp1"),
        (
            Instruction("m", ops.MUL, (x, y), "m"),
            "torch._foreach_copy_(m, torch._foreach_mul(x, y))",
        ),
        (Instruction("x", ops.AXPY, (x, y, a), "x"), "torch._foreach_add_(x, y, alpha=a)"),
        (
            Instruction("x", ops.ADDCDIV, (x, y, tmp1, apply(ops.NEG, a)), "x"),
            "torch._foreach_addcdiv_(x, y, tmp1, -a)",
        ),
        (Instruction("d", ops.SUB, (a, x), "tmp1"), "d = [a - x for x in x]"),
        (
            Instruction("d", ops.MATMUL, (x, turned), None),
            "d = [torch.matmul(x, y.mT) for x, y in zip(x, y, strict=True)]",
        ),
        (
            Instruction("d", ops.DIV, (y, apply(ops.MUL, a, NORM)), "tmp1"),
            "d = torch._foreach_div(y, [a * norm_of_x for norm_of_x in norms.each(x)])",
        ),
        (Instruction("m", None, (x,), "m"), "torch._foreach_copy_(m, x)"),
        (Instruction("d", None, (x,), "tmp1"), "d = [x.clone() for x in x]"),
        (Instruction("d", None, (x,), None), "d = x"),
        (Instruction("r", None, (NORM,), None), "r = norms.each(x)"),
    ],
)
def test_lists(step, expected):
    assert ForeachPrinter()(step) == expected


def test_scalars():
    third = Constant(Q(1, 3))
    assert Printer(TORCH)(apply(ops.MUL, third, apply(ops.MAX, a, b))) == (
        "1 / 3 * scalars.maximum(a, b)"
    )


def test_what_it_cannot_print_is_named():
    odd = ops.Operation("odd", 1, ops.Kind.ELEMENTWISE, abs)
    for operand in (a, x):
        with pytest.raises(NotImplementedError, match="torch has no form for odd"):
            Printer(TORCH)(apply(odd, operand))
    with pytest.raises(NotImplementedError, match="torch has no form for odd"):
        ForeachPrinter()(Instruction("x", odd, (x,), "x"))
