"""Decompositions of exact matrices: one factor of many, the same each time for the same matrix.

Of a QR decomposition that is Gram and Schmidt's, whose diagonal of R is positive; of each
eigenvector the first element that is not nothing is positive. Factors are known to ``BITS`` bits,
and then taken as they are, for rational numbers: so whatever is computed from one can be told from
0. What is not finite has no factor, and all of it is NaN.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
from flint import fmpq, fmpz

from .arithmetic import NAN, ZERO, Number, divide, is_finite, is_nan, less
from .arrays import Array, object_array
from .exact import square_root
from .reals import Real, narrow

BITS = 256
"""Of what is no rational number, in a matrix and in a factor."""


@dataclass(frozen=True)
class Factored:
    """A factor that a step has computed.

    Args:
        of: the name of its head, ``eigenvectors`` or ``qr``.
        matrix: what it is a factor of: exact and finite.
        count: how many columns there are of it where that is not all.
    """

    of: str
    matrix: Array
    count: Number | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the factor."""
        few = () if self.count is None else (int(str(self.count)),)
        return (*self.matrix.shape[:-1], *(few or self.matrix.shape[-1:]))


def qr(a: Array) -> Array:
    """The orthonormal factor, of which the diagonal of R is positive.

    Where columns depend on those before them, it goes on with the first unit vectors that do not.

    Raises:
        ValueError: it is not 2-D or more, or has more columns than rows.
    """
    if a.ndim < 2 or (a.size and a.shape[-2] < a.shape[-1]):
        raise ValueError(f"no qr of the shape {a.shape}")
    if not a.size:
        return a.copy()
    return _of_each(a, _qr)


def eigenvectors(a: Array, count: Number | None = None) -> Array:
    """Those of a symmetric matrix, of which the diagonal and what is below it are read, as columns.

    Args:
        a: the matrix.
        count: how many, those of the largest eigenvalues; None for all.

    Raises:
        ValueError: it is not 2-D or more, or not square.
    """
    _require_square(a, "eigenvectors")
    found = _of_each(a, lambda m: _symmetric(m)[1])
    return found if count is None else leading(found, count)


def eigenvalues(a: Array) -> Array:
    """Those of a symmetric matrix, as a row.

    Raises:
        ValueError: it is not 2-D or more, or not square.
    """
    _require_square(a, "eigenvalues")
    return _of_each(a, lambda m: _symmetric(m)[0])


def diagonal(a: Array) -> Array:
    """The diagonal of a square matrix as a row.

    Raises:
        ValueError: it is not 2-D or more, or not square.
    """
    _require_square(a, "diagonal")
    return np.diagonal(a, axis1=-2, axis2=-1)[..., None, :]


def descending(a: Array, by: Array) -> Array:
    """The columns of a matrix in the order in which the numbers of a row fall.

    Raises:
        ValueError: they are not 2-D or more, or do not fit one another.
    """
    if a.ndim < 2 or by.ndim < 2 or by.shape[-2] != 1 or a.shape[-1] != by.shape[-1]:
        raise ValueError(f"no order of the columns of {a.shape} by {by.shape}")
    found = a.copy()
    for at in np.ndindex(a.shape[:-2]):
        found[at] = a[at][:, _order(by[at][0])]
    return found


def leading(a: Array, count: Number) -> Array:
    """The first columns of a matrix; zeros of one that has no elements.

    Raises:
        ValueError: it has not so many.
    """
    n = int(str(count))
    if a.ndim < 2 or (a.size and a.shape[-1] < n):
        raise ValueError(f"no {count} columns of the shape {a.shape}")
    shape = (*a.shape[:-1], n)
    return a[..., :n] if a.size else object_array([ZERO] * int(np.prod(shape)), shape)


def is_decomposed(a: Array) -> bool:
    """Whether a matrix has factors: all of it is finite."""
    return all(is_finite(x) for x in a.ravel())


def _order(numbers: Array) -> list[int]:
    """Places of numbers from the largest on, those of equal ones as they are."""
    placed: list[int] = []
    for i, x in enumerate(numbers):
        below = (k for k, j in enumerate(placed) if less(numbers[j], x) or is_nan(numbers[j]))
        placed.insert(len(placed) if is_nan(x) else next(below, len(placed)), i)
    return placed


def _require_square(a: Array, name: str) -> None:
    if a.ndim < 2 or a.shape[-2] != a.shape[-1]:
        raise ValueError(f"no {name} of the shape {a.shape}")


def _of_each(a: Array, function: Callable[[Array], Array]) -> Array:
    """Of each matrix of a batch."""
    found = [
        function(a[at]) if is_decomposed(a[at]) else _like(function, a[at])
        for at in np.ndindex(a.shape[:-2])
    ]
    if not found:
        return a.copy()
    return np.stack(found).reshape(*a.shape[:-2], *found[0].shape)


def _like(function: Callable[[Array], Array], a: Array) -> Array:
    """NaN, of the shape of what a function gives."""
    zeros = object_array([ZERO] * a.size, a.shape)
    shape = function(zeros).shape
    return object_array([NAN] * int(np.prod(shape)), shape)


def _rational(x: Number) -> fmpq:
    """A number, or one that agrees with it in as many bits as are asked for."""
    if not isinstance(x, Real):
        assert isinstance(x, fmpq)
        return x
    mantissa, exponent = narrow(x, BITS).mid().man_exp()
    places = int(exponent)
    return fmpq(mantissa << places) if places >= 0 else fmpq(mantissa, fmpz(1) << -places)


def _qr(a: Array) -> Array:
    n, count = a.shape
    columns = [[_rational(x) for x in a[:, j]] for j in range(count)]
    units = [[fmpq(int(i == k)) for i in range(n)] for k in range(n)]
    orthogonal: list[tuple[list[fmpq], fmpq]] = []
    for column in columns:
        rest, square = next(
            (rest, square)
            for candidate in [column, *units]
            if (square := _dot(rest := _beside(candidate, orthogonal), rest)) != 0
        )
        orthogonal.append((rest, square))
    found = [
        [_rational(divide(x, square_root(square))) for x in rest] for rest, square in orthogonal
    ]
    elements = [found[j][i] for i in range(n) for j in range(count)]
    return object_array(elements, (n, count))


def _beside(x: Sequence[fmpq], others: Sequence[tuple[list[fmpq], fmpq]]) -> list[fmpq]:
    """What is left of a vector without its parts along others, which are orthogonal."""
    rest = [*x]
    for other, square in others:
        part = _dot(x, other) / square
        rest = [a - part * b for a, b in zip(rest, other, strict=True)]
    return rest


def _dot(x: Sequence[fmpq], y: Sequence[fmpq]) -> fmpq:
    return sum((a * b for a, b in zip(x, y, strict=True)), fmpq(0))


def _symmetric(a: Array) -> tuple[Array, Array]:
    """Eigenvalues, as a row, and eigenvectors of a symmetric matrix."""
    n = a.shape[0]
    below = tuple(_rational(a[i, j]) for i in range(n) for j in range(i + 1))
    values, vectors = _decomposed(n, below)
    return object_array(list(values), (1, n)), object_array(list(vectors), (n, n))


@lru_cache(maxsize=256)
def _decomposed(n: int, below: tuple[fmpq, ...]) -> tuple[tuple[fmpq, ...], tuple[fmpq, ...]]:
    if not n:
        return (), ()
    with mpmath.workprec(BITS):
        a: Any = mpmath.matrix(n, n)
        numbers = iter(below)
        for i in range(n):
            for j in range(i + 1):
                x = next(numbers)
                a[i, j] = a[j, i] = mpmath.mpf(int(x.numerator)) / int(x.denominator)
        values, vectors = mpmath.eigsy(a)
        nothing = mpmath.ldexp(1, -BITS // 2)
        columns: list[list[Any]] = []
        for j in reversed(range(n)):  # they are found in rising order
            column = [vectors[i, j] for i in range(n)]
            leading = next(x for x in column if abs(x) > nothing)
            columns.append([x if leading > 0 else -x for x in column])
        found = [columns[j][i] for i in range(n) for j in range(n)]
        return (
            tuple(_exact(values[j]) for j in reversed(range(n))),
            tuple(map(_exact, found)),
        )


def _exact(x: Any) -> fmpq:
    sign, mantissa, exponent, _ = x._mpf_
    whole = fmpz(-int(mantissa) if sign else int(mantissa))
    return fmpq(whole << exponent) if exponent >= 0 else fmpq(whole, fmpz(1) << -exponent)
