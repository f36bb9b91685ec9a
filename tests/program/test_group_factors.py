"""Factors that are numbers of the same lines come together, and the product stays the same."""

import numpy as np
import pytest
from steprule.codegen.oracle import exact
from steprule.codegen.program.evaluate import value_of
from steprule.codegen.program.forms import PYTHON, Language, Printer
from steprule.codegen.program.nodes import Name, Node, apply
from steprule.codegen.program.operations import DIV, MUL
from steprule.codegen.program.passes.group_factors import grouped
from steprule.codegen.program.types import TENSOR, DType, Place, Type
from steprule.specs.language.shapes import EACH, ONE, cols, rows

G = Name("g", TENSOR)
R, S = (Name(x, Type(DType.REAL, (rows, ONE), Place.DEVICE)) for x in "rs")
C, D = (Name(x, Type(DType.REAL, (ONE, cols), Place.DEVICE)) for x in "cd")
M = Name("m", Type(DType.REAL, (ONE, ONE), Place.DEVICE))
N = Name("n", Type(DType.REAL, EACH, Place.DEVICE))
H = Name("h", Type(DType.REAL, (), Place.HOST))


text = Printer(Language("Python", PYTHON))


def times(*factors: Node) -> Node:
    first, *others = factors
    return times(apply(MUL, first, others[0]), *others[1:]) if others else first


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (apply(DIV, times(C, R), M), "r / m * c"),
        (times(R, G, S), "g * (r * s)"),
        (apply(DIV, apply(DIV, G, R), S), "g / (r * s)"),
        (times(C, G, N, H), "g * h * (c * n)"),
        (apply(DIV, G, apply(DIV, times(R, C), D)), "g * (d / c) / r"),
        (times(G, R, C), "g * r * c"),  # each alone
        (times(G, N, M), "g * n * m"),  # of no lines
        (times(R, S), "r * s"),  # of no elements
    ],
)
def test_products(node: Node, expected: str) -> None:
    assert text(grouped(node)) == expected
    draw = np.random.default_rng(0)
    known = {
        name.id: draw.integers(1, 9, shape).astype(object) * exact.exact(1)
        for name, shape in [
            (G, (3, 2)), (R, (3, 1)), (S, (3, 1)), (C, (1, 2)), (D, (1, 2)), (M, (1, 1)),
            (N, (1, 1)), (H, (1, 1)),
        ]
    }  # fmt: skip
    assert (value_of(grouped(node), known) == value_of(node, known)).all()
