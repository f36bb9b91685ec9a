"""What of matrices NumPy has no call for, or not for a batch of them."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]


def trace(x: Array) -> Array:
    """The sums of the diagonals of square matrices, with two axes of length one."""
    return np.trace(x, axis1=-2, axis2=-1)[..., None, None]


def identity(like: Array, axis: int) -> Array:
    """Identity matrices along an axis of an array, one for each matrix of it."""
    n = like.shape[axis]
    return np.broadcast_to(np.eye(n, dtype=like.dtype), (*like.shape[:-2], n, n)).copy()


def diagonal(x: Array) -> Array:
    """The diagonals of square matrices, as rows."""
    return np.diagonal(x, axis1=-2, axis2=-1)[..., None, :].copy()


def descending(x: Array, by: Array) -> Array:
    """The columns of matrices in the order in which the numbers of rows fall, NaN last."""
    return np.take_along_axis(x, np.argsort(-by, axis=-1, stable=True), axis=-1)


def leading(x: Array, count: float) -> Array:
    """The first columns of matrices, a whole number; zeros where these have no elements."""
    kept = int(count)
    return x[..., :kept].copy() if x.size else np.zeros((*x.shape[:-1], kept), x.dtype)


def lower(x: Array) -> Array:
    """Square matrices without what is above their diagonals."""
    return np.tril(x)


def solve(x: Array, of: Array) -> Array:
    """What lower triangular matrices are multiplied by to give others, at least in float32."""
    wide = np.promote_types(x.dtype, np.float32)
    a, found = x.astype(wide, copy=False), of.astype(wide)
    for i in range(a.shape[-1]):
        found[..., i, :] -= (a[..., i : i + 1, :i] @ found[..., :i, :])[..., 0, :]
        found[..., i, :] /= a[..., i, i, None]
    return found.astype(x.dtype, copy=False)


def eigenvectors(x: Array) -> Array:
    """Those of symmetric matrices as columns, of large eigenvalues first."""
    return _taken_apart(x, lambda a: np.linalg.eigh(a).eigenvectors[..., ::-1])


def leading_eigenvectors(x: Array, count: float) -> Array:
    """As many of them as are asked for."""
    return leading(eigenvectors(x), count)


def eigenvalues(x: Array) -> Array:
    """Those of symmetric matrices as rows, large ones first."""
    return _taken_apart(x, lambda a: np.linalg.eigvalsh(a)[..., None, ::-1])


def qr(x: Array) -> Array:
    """The orthonormal factors of matrices that have no more columns than rows."""
    return _taken_apart(x, lambda a: np.linalg.qr(a).Q) if x.size else x.copy()


def _taken_apart(x: Array, function: Callable[[Array], Array]) -> Array:
    """What LAPACK makes of each matrix, at least in float32; NaN of one that is not finite."""
    finite = np.isfinite(x).all(axis=(-2, -1), keepdims=True)
    wide = np.where(finite, x, 0).astype(np.promote_types(x.dtype, np.float32), copy=False)
    return np.where(finite, function(wide), np.nan).astype(x.dtype, copy=False)
