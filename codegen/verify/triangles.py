"""How far the solution of a triangular system can be off, of matrices or a batch of them.

Each element is found by as many products and sums as stand before it, and what these are off by
goes through the inverse of the triangle.
"""

from typing import Any

import numpy as np


def magnitude(x: Any, solution: Any) -> Any:
    """The size at which solving rounds: of the sums it takes, seen through the inverse."""
    return np.abs(_inverse(np.tril(x))) @ (np.abs(np.tril(x)) @ np.abs(solution))


def off(x: Any, dx: Any, dy: Any, solution: Any) -> Any:
    """How far a solution is off because a triangle is by dx, and what it is to give by dy.

    Of L + dL the inverse is that of 1 + L^-1 dL, times that of L; it is infinite where the sizes
    alone do not say that there is one.
    """
    size, dx = np.abs(_inverse(np.tril(x))), np.tril(dx)
    if not dx.any():
        return size @ dy
    grown = _inverse(np.eye(np.shape(x)[-1]) - size @ dx)
    found = grown @ (size @ (dy + dx @ np.abs(solution)))
    return np.where((grown >= 0).all(axis=(-2, -1), keepdims=True), found, np.inf)


def _inverse(x: Any) -> Any:
    """That of a matrix, without a choice of pivots; not finite where there is none."""
    n = x.shape[-1]
    both = np.concatenate([x, np.broadcast_to(np.eye(n, dtype=x.dtype), x.shape)], axis=-1)
    for i in range(n):
        both[..., i, :] /= both[..., i, i, None].copy()
        for j in range(n):
            if j != i:
                both[..., j, :] -= both[..., j, i, None].copy() * both[..., i, :]
    return both[..., n:]
