"""Heads that take square matrices apart: the last two axes, behind those of a batch.

``eigenvalues`` is a function. ``eigenvectors`` and ``qr`` are none: of a factor signs are open, of
equal eigenvalues the basis of their space, and of a singular matrix some columns altogether. What
is computed is one factor of many, and a library's next release may give another. From that all else
follows:

a state  Such a factor is the new value of a state, by itself or in a case of it, and of nothing
         else. So it is seen, kept in checkpoints, and all that reads it reads one factor.
exact    The oracle takes a factor of its own, the same each time (``codegen.oracle.factors``):
         passes only rearrange what stands round it, and are checked by that one.
verify   Generated code is held against what a factor must satisfy, by its own factor: that its
         columns are orthonormal, and what they were made of is diagonal or triangular in them, as
         nearly as rounding allows. What is computed from the factor in the same step is compared
         with the equations as they go on from there.
steps    What is computed in some steps alone stands in a Piecewise by what is known of a step
         before any tensor is: ``Eq(Mod(t, 10), 0)``. Other steps compute nothing of it.
numbers  Halves are decomposed as float32. What is not finite has no factor: all of it is NaN.

A root or another function of a symmetric matrix is a product of these, with ``Q[t]`` the state
that keeps ``eigenvectors(A[t])``: ``matmul(Q[t] * Max(eigenvalues(A[t]), eps)**Rational(-1, 4),
transpose(Q[t]))``.

``descending`` orders columns by the numbers of a row, as eigenvalues that are estimated may ask
for: ``descending(Q[t - 1], diagonal(matmul(transpose(Q[t - 1]), A[t], Q[t - 1])))``.
"""

from collections.abc import Sequence
from typing import ClassVar

from .heads import Head, enclosed


class Decomposition(Head):
    """Base of the heads that take one square matrix apart."""

    nargs = (1,)
    category = "matrix"
    is_factor: ClassVar[bool] = False
    """Whether there is more than one, of which any will do."""
    is_symmetric: ClassVar[bool] = True
    """Whether it is of symmetric matrices, of which it reads the diagonal and what is below."""


class eigenvectors(Decomposition):
    """Orthonormal eigenvectors of a symmetric matrix as columns, those of large eigenvalues first.

    Of each column the sign is open, and of equal eigenvalues the basis.
    """

    formula = "Q, of which Q^T A Q is diagonal and falls, and Q^T Q the identity"
    is_factor = True

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{eigenvectors}}{enclosed(args[0])}"


class eigenvalues(Decomposition):
    """The eigenvalues of a symmetric matrix as a row, large ones first.

    So ``matmul(Q * f(eigenvalues(A)), transpose(Q))`` is a function of a matrix.
    """

    formula = "the roots of det(A - x*I), which fall"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{eigenvalues}}{enclosed(args[0])}"


class qr(Decomposition):
    """The orthonormal factor Q of a square matrix A = Q R, of which R is upper triangular.

    Of each column the sign is open; of a singular matrix more.
    """

    formula = "Q, of which Q^T A is upper triangular, and Q^T Q the identity"
    is_factor = True
    is_symmetric = False

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{QR}}{enclosed(args[0])}"


class diagonal(Head):
    """The diagonal of a square matrix as a row, for each matrix of a batch."""

    nargs = (1,)
    category = "matrix"
    formula = "a[..., j, j]"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{diag}}{enclosed(args[0])}"


class descending(Head):
    """The columns of a matrix in the order in which the numbers of a row fall.

    ``descending(a, by)``, where ``by`` has a number a column; of equal ones the order is kept, and
    NaN comes last. Rows are ordered as columns of the transpose.
    """

    nargs = (2,)
    category = "matrix"
    formula = "a[..., i, order[j]], where order sorts by"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{descending}}_{{{args[1]}}}{enclosed(args[0])}"
