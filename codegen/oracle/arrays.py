"""Arithmetic on arrays of exact numbers: elementwise, over a whole tensor, on matrices."""

import math
from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any, TypeAlias

import numpy as np
from flint import arb, arb_mat, fmpq
from numpy.typing import NDArray

from .exact import (
    NAN,
    ONE,
    ZERO,
    Number,
    add,
    divide,
    exact,
    is_zero,
    maximum,
    multiply,
    square,
    square_root,
    subtract,
)
from .reals import Real, Root

Array: TypeAlias = NDArray[np.object_]
Quantity: TypeAlias = Number | bool | Array
"""A number or a truth value, or an object array of them."""


def elementwise(function: Callable[..., Any], arguments: int) -> Callable[..., Any]:
    """The function on numbers, and on every element where an argument is an array.

    A 0-d array gives a 0-d array, where NumPy would give a number.
    """
    vectorised: Callable[..., Any] = np.frompyfunc(function, arguments, 1)

    def apply(*values: Any) -> Any:
        shapes = [value.shape for value in values if isinstance(value, np.ndarray)]
        if not shapes:
            return function(*values)
        if not any(shapes):  # then to go through NumPy takes longer than to compute
            numbers = [x.item() if isinstance(x, np.ndarray) else x for x in values]
            return object_array([function(*numbers)], ())
        with np.errstate(invalid="ignore"):  # comparisons with NaN
            return _as_array(vectorised(*values))

    return apply


def object_array(numbers: Sequence[Any], shape: tuple[int, ...]) -> Array:
    """The numbers, in row order, as an array of a shape."""
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array.reshape(shape)


def reduced(function: Callable[[Array], Number]) -> Callable[..., Quantity]:
    """A function of all elements, which can go along some axes alone: of each of the rest then.

    It is given those by number, from behind; they have length one in the result.
    """

    def apply(x: Quantity, axes: Sequence[int] = ()) -> Quantity:
        array = _as_array(x)
        if not axes:
            return function(array.ravel())
        if array.ndim < 2:
            raise ValueError(f"no rows and columns of the shape {array.shape}")
        last = np.moveaxis(array, axes, range(-len(axes), 0))
        rest = last.shape[: -len(axes)]
        lines = last.reshape(*rest, math.prod(last.shape[-len(axes) :]))
        found = object_array([function(lines[at]) for at in np.ndindex(rest)], rest)
        return np.expand_dims(found, tuple(axes))

    return apply


norm = reduced(lambda x: square_root(_sum(_square(x))))
"""The Euclidean norm; 0 of no elements."""

mean = reduced(lambda x: divide(_sum(x), exact(x.size)))
"""The mean; NaN of no elements."""

total = reduced(lambda x: _sum(x))
"""The sum; 0 of no elements."""

amax = reduced(lambda x: reduce(maximum, x) if x.size else NAN)
"""The largest; NaN of no elements."""


def matmul(a: Array, b: Array) -> Array:
    """The product of two matrices, the last two axes; the axes before them are a batch.

    Raises:
        ValueError: they are not 2-D or more, or do not fit one another.
    """
    if a.ndim < 2 or b.ndim < 2 or a.shape[-1] != b.shape[-2]:
        raise ValueError(f"no matrix product of the shapes {a.shape} and {b.shape}")
    lead = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    lines = np.broadcast_to(a, (*lead, *a.shape[-2:]))
    columns = np.broadcast_to(b, (*lead, *b.shape[-2:])).swapaxes(-2, -1)
    shape = (*lead, a.shape[-2], b.shape[-1])
    found = [x for at in np.ndindex(lead) for x in _product(lines[at], columns[at])]
    return object_array(found, shape)


def transpose(a: Array) -> Array:
    """The transpose of a matrix, the last two axes; the axes before them are a batch.

    Raises:
        ValueError: it is not 2-D or more.
    """
    if a.ndim < 2:
        raise ValueError(f"no transpose of the shape {a.shape}")
    return a.swapaxes(-2, -1)


def trace(a: Array) -> Array:
    """The sum of the diagonal of a square matrix, with two axes of length one.

    Raises:
        ValueError: it is not 2-D or more, or not square.
    """
    if a.ndim < 2 or a.shape[-2] != a.shape[-1]:
        raise ValueError(f"no trace of the shape {a.shape}")
    diagonal = np.diagonal(a, axis1=-2, axis2=-1)
    return _as_array(_sums.reduce(diagonal, axis=-1))[..., None, None]


def lower(a: Array) -> Array:
    """A square matrix with zeros above its diagonal.

    Raises:
        ValueError: it is not 2-D or more, or not square.
    """
    if a.ndim < 2 or a.shape[-2] != a.shape[-1]:
        raise ValueError(f"no triangle of the shape {a.shape}")
    found = a.copy()
    for i, j in np.ndindex(a.shape[-2:]):
        if i < j:
            found[..., i, j] = ZERO
    return found


def solve(a: Array, b: Array) -> Array:
    """What a lower triangular matrix is multiplied by to give another.

    Raises:
        ValueError: they are not 2-D or more, or do not fit one another.
    """
    if a.ndim < 2 or b.ndim < 2 or a.shape[-2:] != (b.shape[-2],) * 2:
        raise ValueError(f"nothing that the shape {a.shape} makes {b.shape} of")
    found = b.copy()
    for i in range(a.shape[-1]):
        rest = found[..., i : i + 1, :]
        if i:
            rest = _subtract(rest, matmul(a[..., i : i + 1, :i], found[..., :i, :]))
        found[..., i : i + 1, :] = _divide(rest, a[..., i : i + 1, i : i + 1])
    return found


def identity(shape: Sequence[int], axis: int) -> Array:
    """Identity matrices along an axis, counted from behind, for each matrix of a shape.

    Raises:
        ValueError: the shape has less than two axes.
    """
    if len(shape) < 2:
        raise ValueError(f"no rows and columns of the shape {tuple(shape)}")
    n = shape[axis]
    ones = object_array([ONE if i == j else ZERO for i, j in np.ndindex((n, n))], (n, n))
    return np.broadcast_to(ones, (*shape[:-2], n, n)).copy()


_LONG = 2**11
"""Bits of a rational number beyond which it is cheaper to know it by the digits asked for."""


def settled(x: Quantity) -> Quantity:
    """The same numbers: of rational ones with many digits, as many as are asked for.

    What is put into a polynomial again and again has that many times more digits each time.
    """
    return _settled(x)


def _settled_number(x: Any) -> Any:
    if not isinstance(x, fmpq):
        return x
    is_long = max(x.numerator.bit_length(), x.denominator.bit_length()) > _LONG
    return Real(arb.__pos__, x) if is_long else x


_settled = elementwise(_settled_number, 1)


def _product(lines: Array, columns: Array) -> list[Number]:
    """The elements of a product, row by row: of irrational numbers all are computed in one go."""
    numbers = [*lines.ravel(), *columns.ravel()]
    kinds = {*map(type, numbers)}
    if kinds <= {fmpq, Root} or float in kinds:
        return [_dot(line, column) for line in lines for column in columns]
    (rows, inner), cols = lines.shape, len(columns)

    def of_balls(*balls: arb) -> Any:
        left = arb_mat(rows, inner, balls[: rows * inner])
        return left * arb_mat(cols, inner, balls[rows * inner :]).transpose()

    whole: Any = Real(of_balls, *numbers)  # its ball is a matrix of balls, which elements take
    # Whether any of the products that are added up has two factors that may not be 0.
    counts = ~_are_zero(lines) @ ~_are_zero(columns).T
    return [
        Real(partial(_element, i, j), whole) if counts[i, j] else ZERO
        for i, j in np.ndindex(rows, cols)
    ]


def _are_zero(a: Array) -> NDArray[np.bool_]:
    return np.array([is_zero(x) for x in a.ravel()], bool).reshape(a.shape)


def _element(i: int, j: int, matrix: Any) -> arb:
    return matrix[i, j]


def _dot(a: Array, b: Array) -> Number:
    """The sum of the products of elements: in one number, where they are irrational."""
    numbers = [*a, *b]
    if any(isinstance(x, float) for x in numbers):
        with np.errstate(invalid="ignore"):
            return _sums.reduce(_products(a, b))
    if all(isinstance(x, fmpq | Root) for x in numbers):
        products = [multiply(x, y) for x, y in zip(a, b, strict=True)]
        if all(isinstance(x, fmpq) for x in products):
            return reduce(add, products, ZERO)
    return Real(_dot_of_balls, *numbers) if numbers else ZERO


def _dot_of_balls(*balls: arb) -> arb:
    half = len(balls) // 2
    return sum((x * y for x, y in zip(balls[:half], balls[half:], strict=True)), arb(0))


_square = elementwise(square, 1)
_products = np.frompyfunc(multiply, 2, 1)
_sums: Any = np.frompyfunc(add, 2, 1, identity=ZERO)


def _sum(x: Quantity) -> Number:
    return _sums.reduce(_as_array(x).ravel())


def _as_array(x: Any) -> Array:
    if isinstance(x, np.ndarray):
        return x
    return object_array([x], ())


def product(factors: Sequence[Quantity]) -> Quantity:
    """Of numbers first, and then of arrays."""
    numbers = [f for f in factors if not isinstance(f, np.ndarray)]
    tensors = [f for f in factors if isinstance(f, np.ndarray)]
    number = reduce(multiply, numbers, ONE)
    if not tensors:
        return number
    tensor = reduce(_multiply, tensors)
    return tensor if number is ONE else _multiply(number, tensor)


_multiply = elementwise(multiply, 2)
_subtract = elementwise(subtract, 2)
_divide = elementwise(divide, 2)


def spread(value: Quantity, shape: tuple[int, ...]) -> Array:
    """A number on every element; an array as it is."""
    if isinstance(value, np.ndarray):
        return value
    return object_array([value] * math.prod(shape), shape)
