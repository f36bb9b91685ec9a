"""Arithmetic on arrays of exact numbers: elementwise, over a whole tensor, on matrices."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .exact import ZERO, Number, add, divide, exact, multiply, square, square_root

Array: TypeAlias = NDArray[np.object_]
Quantity: TypeAlias = Number | bool | Array
"""A number or a truth value, or an object array of them."""


def elementwise(function: Callable[..., Any], arguments: int) -> Callable[..., Any]:
    """The function on numbers, and on every element where an argument is an array.

    A 0-d array gives a 0-d array, where NumPy would give a number.
    """
    vectorised: Callable[..., Any] = np.frompyfunc(function, arguments, 1)

    def apply(*values: Any) -> Any:
        if not any(isinstance(value, np.ndarray) for value in values):
            return function(*values)
        with np.errstate(invalid="ignore"):  # comparisons with NaN
            return _as_array(vectorised(*values))

    return apply


def object_array(numbers: Sequence[Any], shape: tuple[int, ...]) -> Array:
    """The numbers, in row order, as an array of a shape."""
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array.reshape(shape)


def norm(x: Quantity) -> Number:
    """The Euclidean norm over all elements; 0 for none."""
    return square_root(_sum(_square(x)))


def mean(x: Quantity) -> Number:
    """The mean over all elements; NaN for none."""
    return divide(_sum(x), exact(_as_array(x).size))


def matmul(a: Array, b: Array) -> Array:
    """The product of two matrices, the last two axes; the axes before them are a batch.

    Raises:
        ValueError: they are not 2-D or more, or do not fit one another.
    """
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-2]:
        raise ValueError(f"no matrix product of the shapes {a.shape} and {b.shape}")
    return _as_array(_sums.reduce(_products(a[..., :, :, None], b[..., None, :, :]), axis=-2))


def transpose(a: Array) -> Array:
    """The transpose of a matrix, the last two axes; the axes before them are a batch.

    Raises:
        ValueError: it is not 2-D or more.
    """
    if a.ndim < 2:
        raise ValueError(f"no transpose of the shape {a.shape}")
    return a.swapaxes(-2, -1)


_square = elementwise(square, 1)
_products = np.frompyfunc(multiply, 2, 1)
_sums: Any = np.frompyfunc(add, 2, 1, identity=ZERO)


def _sum(x: Quantity) -> Number:
    return _sums.reduce(_as_array(x).ravel())


def _as_array(x: Any) -> Array:
    if isinstance(x, np.ndarray):
        return x
    return object_array([x], ())
