"""Nodes as text: as many parentheses as the meaning needs, and no more."""

import itertools
from fractions import Fraction as Q

import pytest
from steprule.codegen.program import operations as ops
from steprule.codegen.program.forms import PYTHON, Language, Printer, literal
from steprule.codegen.program.nodes import Absent, Constant, Name, apply
from steprule.codegen.program.types import HOST_BOOLEAN, HOST_REAL, TENSOR

a, b, c = (Name(name, HOST_REAL) for name in "abc")
f, k = (Name(name, HOST_BOOLEAN) for name in "fk")
text = Printer(Language("Python", PYTHON))


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (apply(ops.SUB, apply(ops.SUB, a, b), c), "a - b - c"),
        (apply(ops.SUB, a, apply(ops.SUB, b, c)), "a - (b - c)"),
        (apply(ops.ADD, a, apply(ops.ADD, b, c)), "a + (b + c)"),
        (apply(ops.DIV, a, apply(ops.MUL, b, c)), "a / (b * c)"),
        (apply(ops.MUL, apply(ops.DIV, a, b), c), "a / b * c"),
        (apply(ops.MUL, a, apply(ops.ADD, b, c)), "a * (b + c)"),
        (apply(ops.POW, apply(ops.POW, a, b), c), "(a ** b) ** c"),
        (apply(ops.POW, a, apply(ops.POW, b, c)), "a ** b ** c"),
        (apply(ops.POW, a, apply(ops.NEG, b)), "a ** -b"),
        (apply(ops.NEG, apply(ops.POW, a, b)), "-a ** b"),
        (apply(ops.POW, apply(ops.NEG, a), b), "(-a) ** b"),
        (apply(ops.SQUARE, apply(ops.ADD, a, b)), "(a + b) ** 2"),
        (apply(ops.POW, apply(ops.SQUARE, a), b), "(a ** 2) ** b"),
        (apply(ops.POW, a, apply(ops.SQUARE, b)), "a ** b ** 2"),
        (apply(ops.SUB, a, apply(ops.NEG, b)), "a - -b"),
        (apply(ops.MUL, Constant(Q(-1, 2)), a), "(-0.5) * a"),
        (apply(ops.DIV, a, Constant(Q(1, 3))), "a / (1 / 3)"),
        (apply(ops.NOT, apply(ops.AND, f, k)), "not (f and k)"),
        (apply(ops.AND, apply(ops.OR, f, k), f), "(f or k) and f"),
        (apply(ops.OR, apply(ops.AND, f, k), f), "f and k or f"),
        (apply(ops.NOT, apply(ops.NE, a, b)), "a == b"),
        (apply(ops.NOT, apply(ops.LT, a, b)), "a >= b"),
        (apply(ops.GT, apply(ops.ADD, a, b), c), "a + b > c"),
        (Absent(), "None"),
    ],
)
def test_parentheses(node, expected):
    assert text(node) == expected


def test_a_comparison_of_tensors_has_no_opposite():
    x = Name("x", TENSOR)  # it may be NaN, of which x < a and x >= a are both false
    assert text(apply(ops.NOT, apply(ops.LT, x, a))) == "not x < a"


BINARY = (ops.ADD, ops.SUB, ops.MUL, ops.DIV, ops.POW)


@pytest.mark.parametrize(("outer", "inner"), list(itertools.product(BINARY, BINARY)))
def test_text_means_what_the_node_means(outer, inner):
    values = {"a": 3.0, "b": 2.0, "c": 0.5}

    def value(node):
        if isinstance(node, Name):
            return values[node.id]
        x, y = map(value, node.args)
        return {"add": x + y, "sub": x - y, "mul": x * y, "div": x / y, "pow": x**y}[node.op.name]

    for node in (apply(outer, apply(inner, a, b), c), apply(outer, a, apply(inner, b, c))):
        assert eval(text(node), {}, values) == value(node)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Q(2), "2"), (Q(1, 2), "0.5"), (Q(1, 3), "1 / 3"), (Q(1, 10), "0.1"),
        (Q(1, 10**5), "1e-05"), (Q(-3, 4), "-0.75"), (Q(96, 100), "0.96"),
    ],
)  # fmt: skip
def test_numbers_are_the_nearest_floats(value, expected):
    assert literal(value) == expected
    assert eval(expected) == float(value)


def test_what_has_no_form_is_named():
    with pytest.raises(NotImplementedError, match="Python has no form for norm"):
        text(apply(ops.NORM, Name("x", TENSOR)))
