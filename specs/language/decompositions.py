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
for: ``descending(Q[t - 1], diagonal(matmul(transpose(Q[t - 1]), A[t], Q[t - 1])))``. ``leading``
are the first columns, ``leading(x, basis)`` or the first alone, ``leading(x, 1)``. So has
``eigenvectors(A, basis)`` those of the largest eigenvalues: of ``matmul(G, transpose(G))`` they are
the singular vectors of G.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from .heads import Head, enclosed
from .shapes import ONE, basis


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

    Of each column the sign is open, and of equal eigenvalues the basis. Of a second argument
    ``basis``, there are as many columns as that has.
    """

    nargs = (1, 2)
    formula = "Q, of which Q^T A Q is diagonal and falls, and Q^T Q the identity"
    is_factor = True

    def __new__(cls, *args: Any, **options: Any) -> "eigenvectors":
        """Made of a matrix, and of ``basis`` where few are wanted.

        Raises:
            TypeError: the second is something else.
        """
        if args[1:] not in ((), (basis,)):
            raise TypeError(f"eigenvectors are all, or as many as basis, not {args[1]!r}")
        return super().__new__(cls, *args, **options)  # pyright: ignore[reportReturnType]

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        few = f"_{{{args[1]}}}" if args[1:] else ""
        return rf"\operatorname{{eigenvectors}}{few}{enclosed(args[0])}"


class eigenvalues(Decomposition):
    """The eigenvalues of a symmetric matrix as a row, large ones first.

    So ``matmul(Q * f(eigenvalues(A)), transpose(Q))`` is a function of a matrix.
    """

    formula = "the roots of det(A - x*I), which fall"

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{eigenvalues}}{enclosed(args[0])}"


class qr(Decomposition):
    """The orthonormal factor Q of a matrix A = Q R, of which R is upper triangular.

    The matrix is square, or has as many columns as ``basis``. Of each column the sign is open; of
    columns that depend on one another more.
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


class leading(Head):
    """The first columns of a matrix: as many as ``basis`` has, or one."""

    nargs = (2,)
    category = "matrix"
    formula = "a[..., i, j] of the first j"

    def __new__(cls, *args: Any, **options: Any) -> "leading":
        """Made of a matrix, and of ``basis`` or 1.

        Raises:
            TypeError: the second is something else.
        """
        if len(args) == 2 and args[1] not in (basis, ONE):
            raise TypeError(f"leading columns are as many as basis, or 1, not {args[1]!r}")
        return super().__new__(cls, *args, **options)  # pyright: ignore[reportReturnType]

    @staticmethod
    def tex(args: Sequence[str]) -> str:
        return rf"\operatorname{{leading}}_{{{args[1]}}}{enclosed(args[0])}"
