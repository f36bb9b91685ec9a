"""Local simplification by the laws of zero, one and nested choices."""

import pytest
from steprule.codegen.program import operations as ops
from steprule.codegen.program.fold import at_zero, fold
from steprule.codegen.program.nodes import ONE, ZERO, Name, apply, negation
from steprule.codegen.program.types import HOST_BOOLEAN, HOST_REAL, TENSOR

x, y, z = (Name(n, TENSOR) for n in "xyz")
a = Name("a", HOST_REAL)
f, k = (Name(n, HOST_BOOLEAN) for n in "fk")
late = apply(ops.GT, x, ZERO)


def select(test, yes, no):
    return apply(ops.SELECT, test, yes, no)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (apply(ops.ADD, x, ZERO), x),
        (apply(ops.ADD, ZERO, x), x),
        (apply(ops.SUB, x, ZERO), x),
        (apply(ops.SUB, ZERO, x), apply(ops.SUB, ZERO, x)),
        (apply(ops.MUL, ONE, x), x),
        (apply(ops.MUL, x, ONE), x),
        (apply(ops.MUL, x, ZERO), ZERO),
        (apply(ops.DIV, x, ONE), x),
        (apply(ops.DIV, ONE, x), apply(ops.DIV, ONE, x)),
        (apply(ops.DIV, ZERO, x), ZERO),
        (apply(ops.NEG, ZERO), ZERO),
        (apply(ops.SQUARE, ZERO), ZERO),
        (apply(ops.ADD, apply(ops.MUL, ZERO, x), y), y),
        (select(f, x, x), x),
        (select(negation(f), x, y), select(f, y, x)),
        (select(f, x, select(k, y, x)), select(apply(ops.AND, k, negation(f)), y, x)),
        (select(f, select(k, y, x), x), select(apply(ops.AND, k, f), y, x)),
        (select(f, select(k, y, z), x), select(f, select(k, y, z), x)),
        (select(f, select(late, y, x), x), select(f, select(late, y, x), x)),
        (select(f, x, select(late, y, x)), select(f, x, select(late, y, x))),
    ],
)
def test_fold(node, expected):
    assert fold(node) == expected


def test_at_zero():
    node = apply(ops.ADD, x, apply(ops.MUL, a, y))
    assert at_zero(node, "a") == x
    assert at_zero(node, "b") == node
