"""Factors of few columns, and triangles, are held against what they must satisfy."""

import numpy as np
import pytest
from steprule.codegen.analysis import analyse
from steprule.codegen.oracle.exact import exact
from steprule.codegen.oracle.factors import Factored
from steprule.codegen.oracle.formats import FORMATS, to_exact
from steprule.codegen.program.compiled import compiled
from steprule.codegen.verify.optimizers.bounds import bounds
from steprule.codegen.verify.optimizers.factors import judged
from steprule.codegen.verify.optimizers.wide import VALUES
from steprule.codegen.verify.roundings import carried, halves, magnitude
from steprule.specs.language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    basis,
    cols,
    grad,
    hyperparameters,
    identity,
    leading,
    matmul,
    rows,
    states,
    t,
    theta,
    transpose,
)
from steprule.specs.language.shapes import facts

(lr,) = hyperparameters("lr")
(p,) = states("p")

RNG = np.random.default_rng(5)
DRAWN = RNG.standard_normal((5, 5)) * 1e3
GRAM = DRAWN @ DRAWN.T
TALL = DRAWN[:, :2]


def eigenvectors(*which):
    return np.linalg.eigh(GRAM).eigenvectors[:, ::-1][:, which]


def passes(found, name, matrix, count=None):
    """Whether a factor in float64 is as near to one of a matrix as rounding allows."""
    form = FORMATS["float64"]
    columns = found.shape[1]
    off = np.full(found.shape, halves(name, [(matrix, 0.0)], of_arrays=True) * form.epsilon / 2)
    of = Factored(name, to_exact(matrix), None if count is None else exact(count))
    assert of.shape == (5, columns)
    distance, may = judged(found, of, off.astype(float), form, form)
    return bool((distance <= may).all())


def test_leading_eigenvectors():
    signs = np.array([1, -1])
    assert passes(eigenvectors(0, 1), "eigenvectors", GRAM, 2)
    assert passes(eigenvectors(0, 1) * signs, "eigenvectors", GRAM, 2)
    assert passes(eigenvectors(0), "eigenvectors", GRAM, 1)


@pytest.mark.parametrize("which", [(1, 0), (1, 2), (0, 2)])
def test_others_are_not_the_leading_ones(which):
    assert not passes(eigenvectors(*which), "eigenvectors", GRAM, 2)


@pytest.mark.parametrize("name", ["leading_1", "leading_basis", "leading_eigenvectors"])
@pytest.mark.parametrize("shape", [(0, 0), (2, 0, 0)])
def test_of_what_has_no_elements_there_is_a_column(name, shape):
    """As in the oracle: products with it have their shape, and nothing is computed of them."""
    empty = np.zeros(shape)
    value = VALUES[name](empty, 1)
    assert value.shape == (*shape[:-1], 1)
    off = carried(name, value, [(empty, 0.0), (1, 0.0)])
    assert np.broadcast_shapes(np.shape(off), value.shape) == value.shape
    assert (np.swapaxes(value, -1, -2) @ empty).shape == (*shape[:-2], 1, 0)


def test_a_state_of_a_basis_where_there_are_no_rows():
    """It has a row all the same, of as many zeros as there are columns."""
    g = grad(theta[t - 1])
    rule = Optimizer(
        "OfABasis",
        summary="A step along a few columns.",
        source="nobody",
        hyper=[Hyper(lr, "1", NON_NEGATIVE, "rate")],
        states=[State(p, init=0, key="p", shape=(basis, cols))],
        updates=[
            Update(p[t], matmul(transpose(leading(identity(rows), basis)), g)),
            Update(theta[t], theta[t - 1] - lr * matmul(leading(identity(rows), basis), p[t])),
        ],
    )
    values = {"theta": np.zeros((0, 3)), "grad": np.zeros((0, 3)), "p": np.zeros((1, 3))}
    known = {"lr": 1.0, **facts((0, 3)), "t": 1, "first": True}
    form = FORMATS["float64"]
    found = bounds(compiled(analyse(rule)).program, values | known, form, form)
    assert {name: each.off.shape for name, each in found.items()} == {"theta": (0, 3), "p": (1, 3)}


def test_what_is_no_eigenvector():
    turned = eigenvectors(0, 1) + 1e-9 * eigenvectors(3, 4)  # orthonormal to 1e-18
    assert not passes(turned, "eigenvectors", GRAM, 2)
    assert not passes(np.eye(5)[:, :1], "eigenvectors", GRAM, 1)


def test_qr_of_more_rows_than_columns():
    q = np.linalg.qr(TALL).Q
    assert passes(q, "qr", TALL)
    assert passes(q * np.array([-1, 1]), "qr", TALL)
    assert not passes(q[:, ::-1].copy(), "qr", TALL)
    outside = np.linalg.qr(DRAWN).Q[:, 2:4]
    assert not passes(q + 1e-9 * outside, "qr", TALL)  # orthonormal, but not within the columns


def test_a_solution_is_off_by_no_more_than_its_bound():
    triangle = np.tril(RNG.uniform(-1, 1, (5, 5))) + 2 * np.eye(5)
    other = RNG.uniform(-1, 1, (5, 3))
    exact_one = np.linalg.solve(triangle, other)
    off_triangle, off_other = np.full((5, 5), 1e-4), np.full((5, 3), 1e-4)
    operands = [(triangle, off_triangle), (other, off_other)]
    bound = carried("solve", exact_one, operands)
    seen = np.zeros((5, 3))
    for _ in range(200):
        moved = triangle + np.tril(RNG.choice([-1, 1], (5, 5)) * off_triangle)
        found = np.linalg.solve(moved, other + RNG.choice([-1, 1], (5, 3)) * off_other)
        seen = np.maximum(seen, np.abs(found - exact_one))
    assert (seen <= bound * (1 + 1e-9)).all()
    assert (bound < 20 * seen).all()
    # What cannot be told from a triangle with a zero on its diagonal may be anything.
    assert np.isinf(carried("solve", exact_one, [(triangle, 9 + off_triangle), operands[1]])).all()
    single = np.tril(triangle).astype(np.float32)
    by_float32 = np.linalg.solve(single, other.astype(np.float32))
    count = halves("solve", operands, of_arrays=True)
    size = magnitude("solve", exact_one, [(single.astype(float), 0.0), (other, 0.0)])
    exact_two = np.linalg.solve(single.astype(float), other.astype(np.float32).astype(float))
    assert (np.abs(by_float32 - exact_two) <= count * size * 2.0**-24).all()
