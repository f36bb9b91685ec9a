"""What of matrices NumPy has no call for, or not for a batch of them."""

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
