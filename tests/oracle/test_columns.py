"""Columns and triangles of exact matrices, against NumPy, and by hand."""

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle import arrays, factors
from steprule.codegen.oracle.arrays import matmul, transpose
from steprule.codegen.oracle.exact import exact, square_root
from steprule.codegen.oracle.factors import Factored
from steprule.codegen.oracle.formats import to_exact

DRAWN = to_exact(np.random.default_rng(4).uniform(-2, 2, (2, 4, 4)))
GRAM = matmul(DRAWN, transpose(DRAWN))
TALL = to_exact([[3.0, 1.0], [4.0, 2.0], [0.0, 2.0]])
LOWER = to_exact([[2.0, 9.0], [3.0, 4.0]])


def floats(x):
    return np.vectorize(float, otypes=[float])(x)


def test_qr_of_more_rows_than_columns_by_hand():
    q = factors.qr(TALL)
    assert q[:, 0].tolist() == [fmpq(3, 5), fmpq(4, 5), fmpq(0)]
    # (1, 2, 2) less 11/5 times the first, of the length sqrt(104)/5.
    np.testing.assert_allclose(
        floats(q[:, 1]), np.array([-8, 6, 50]) / np.sqrt(2600), rtol=1e-15, atol=0
    )


def test_leading_eigenvectors_are_the_first_of_all():
    found = factors.eigenvectors(GRAM, exact(2))
    assert found.shape == (2, 4, 2)
    assert (found == factors.eigenvectors(GRAM)[..., :2]).all()
    assert Factored("eigenvectors", GRAM, exact(2)).shape == (2, 4, 2)
    assert Factored("qr", TALL).shape == (3, 2)


def test_leading_columns():
    assert factors.leading(LOWER, exact(1)).tolist() == [[2], [3]]
    empty = to_exact(np.zeros((3, 0)))
    assert factors.leading(empty, exact(1)).tolist() == [[0], [0], [0]]
    with pytest.raises(ValueError, match="no 3 columns of the shape"):
        factors.leading(LOWER, exact(3))


def test_what_is_above_the_diagonal_is_left_out():
    assert arrays.lower(LOWER).tolist() == [[2, 0], [3, 4]]
    with pytest.raises(ValueError, match="no triangle"):
        arrays.lower(TALL)


def test_what_a_triangle_makes_a_matrix_of():
    found = arrays.solve(LOWER, to_exact([[4.0, 1.0], [14.0, 1.0]]))
    assert found.tolist() == [[2, fmpq(1, 2)], [2, fmpq(-1, 8)]]
    batch = arrays.solve(DRAWN, GRAM)
    np.testing.assert_allclose(
        floats(matmul(arrays.lower(DRAWN), batch)), floats(GRAM), rtol=0, atol=1e-14
    )
    with pytest.raises(ValueError, match="nothing that the shape"):
        arrays.solve(LOWER, TALL)


def test_a_product_with_zeros_is_nothing_whatever_else_is_irrational():
    root = square_root(exact(2))
    column = arrays.object_array([root, exact(0), exact(0)], (3, 1))
    found = matmul(to_exact([[0.0, 1.0, 2.0], [1.0, 0.0, 0.0]]), column)
    assert found[0, 0] == 0
    assert float(found[1, 0]) == 2**0.5


def test_only_a_sum_with_a_zero_in_each_product_is_nothing():
    """The others are irrational numbers, of which nobody could say that one is 0."""
    root = square_root(exact(2))
    lines = arrays.object_array([exact(0), root, exact(0), exact(0), exact(3), exact(0)], (3, 2))
    columns = arrays.object_array([exact(0), root, exact(5), exact(0)], (2, 2))
    found = matmul(lines, columns)
    assert [[type(x) is fmpq for x in line] for line in found] == [
        [False, True],
        [True, True],
        [True, False],
    ]
    expected = [[5 * 2**0.5, 0.0], [0.0, 0.0], [0.0, 3 * 2**0.5]]
    np.testing.assert_allclose(floats(found), expected, rtol=0, atol=1e-15)
