"""Decompositions of exact matrices, against what they must satisfy, NumPy, and cases by hand."""

import math

import numpy as np
import pytest
from flint import fmpq
from steprule.codegen.oracle import factors
from steprule.codegen.oracle.arrays import matmul, transpose
from steprule.codegen.oracle.exact import Real, square_root
from steprule.codegen.oracle.formats import to_exact

DRAWN = to_exact(np.random.default_rng(4).uniform(-2, 2, (2, 4, 4)))
GRAM = matmul(DRAWN, transpose(DRAWN))
SINGULAR = to_exact(np.outer([3.0, 4.0, 0.0], [1.0, 2.0, 2.0]))


def floats(x):
    return np.vectorize(float, otypes=[float])(x)


def beside_identity(x):
    """How far columns are from orthonormal ones."""
    square = matmul(transpose(x), x)
    return max(abs(float(a - int(i[-1] == i[-2]))) for i, a in np.ndenumerate(square))


def test_qr_by_hand():
    q = factors.qr(to_exact([[3.0, 1.0], [4.0, 2.0]]))
    assert q.tolist() == [[fmpq(3, 5), fmpq(-4, 5)], [fmpq(4, 5), fmpq(3, 5)]]


def test_qr_is_orthonormal_and_its_other_factor_triangular_with_a_positive_diagonal():
    q = factors.qr(DRAWN)
    # Of 256 bits, some are lost.
    assert beside_identity(q) < 2.0**-240
    r = floats(matmul(transpose(q), DRAWN))
    assert np.abs(np.tril(r, -1)).max() < 2.0**-240
    assert np.diagonal(r, axis1=-2, axis2=-1).min() > 0


def test_qr_of_a_singular_matrix_goes_on_with_unit_vectors():
    q = factors.qr(SINGULAR)
    assert q[:, 0].tolist() == [fmpq(3, 5), fmpq(4, 5), fmpq(0)]
    assert q[:, 1].tolist() == [fmpq(4, 5), fmpq(-3, 5), fmpq(0)]
    assert q[:, 2].tolist() == [fmpq(0), fmpq(0), fmpq(1)]


def test_eigenvectors_are_those_of_numpy_but_for_signs():
    values, vectors = np.linalg.eigh(floats(GRAM))
    found = floats(factors.eigenvectors(GRAM))
    # Next to NumPy's, which has a few roundings of numbers around 1, and gaps of about 1.
    np.testing.assert_allclose(np.abs(found), np.abs(vectors[..., ::-1]), rtol=0, atol=1e-13)
    np.testing.assert_allclose(
        floats(factors.eigenvalues(GRAM)), values[:, None, ::-1], rtol=0, atol=1e-13
    )
    first = found[..., 0, :]
    assert (first > 0).all()


def test_eigenvectors_are_known_to_many_digits():
    found = factors.eigenvectors(GRAM)
    # Of 256 bits, some are lost.
    assert beside_identity(found) < 2.0**-240
    turned = floats(matmul(matmul(transpose(found), GRAM), found))
    assert np.abs(turned * (1 - np.eye(4))).max() < 2.0**-240


def test_eigenvectors_of_one_eigenvalue_and_of_none():
    for matrix in (np.ones((3, 3)), 2 * np.eye(3), np.zeros((3, 3))):
        assert beside_identity(factors.eigenvectors(to_exact(matrix))) < 2.0**-240
    assert factors.eigenvectors(to_exact(np.zeros((0, 0)))).shape == (0, 0)


def test_only_what_is_below_the_diagonal_is_read():
    other = GRAM.copy()
    other[..., 0, 3] = fmpq(77)
    assert (factors.eigenvectors(other) == factors.eigenvectors(GRAM)).all()


def test_irrational_numbers():
    root = square_root(fmpq(2))
    assert isinstance(root, Real)
    scaled = np.array([[root, fmpq(0)], [root, root]], dtype=object)
    half = math.sqrt(0.5)
    np.testing.assert_allclose(
        floats(factors.qr(scaled)), [[half, -half], [half, half]], rtol=1e-15, atol=0
    )


@pytest.mark.parametrize("head", [factors.qr, factors.eigenvectors, factors.eigenvalues])
def test_of_what_is_not_finite(head):
    given = GRAM.copy()
    given[1, 2, 0] = math.inf
    found = head(given)
    assert not any(isinstance(x, float) for x in found[0].ravel())
    assert all(math.isnan(x) for x in found[1].ravel())


def test_order():
    by = to_exact([[2.0, math.nan, 5.0, 2.0]])
    columns = to_exact([[0.0, 1.0, 2.0, 3.0]])
    assert floats(factors.descending(columns, by)).tolist() == [[2, 0, 3, 1]]
    assert floats(factors.diagonal(to_exact([[1.0, 2.0], [3.0, 4.0]]))).tolist() == [[1, 4]]


@pytest.mark.parametrize("head", [factors.qr, factors.eigenvalues, factors.diagonal])
def test_shapes(head):
    with pytest.raises(ValueError, match=r"of the shape \(2, 3\)"):
        head(to_exact(np.ones((2, 3))))
