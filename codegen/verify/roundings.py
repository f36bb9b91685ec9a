"""How far rounding can lead from an exact result: what one operation adds, and what it passes on.

An operation rounds its result once, to the nearest number of its format: by half an ulp of the
result. Functions of a library are less exact, by as much as their makers say; a reduction rounds
each of the terms it sums and each sum of them. What its operands were off by before, it carries
on: times the slope, as far as a slope says it.

All bounds are absolute, and of numbers or of arrays of them; infinite where anything can come out.
"""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from . import triangles

Uncertain: TypeAlias = tuple[Any, Any]
"""A value, and how far what is computed can be from it."""

Axes: TypeAlias = tuple[int, ...] | None
"""Those that an operation goes along, where it reduces; all where that is None."""

HALVES = {
    **dict.fromkeys(("add", "sub", "mul", "div", "square", "sqrt", "mod", "pi"), 1),
    **dict.fromkeys(("exp", "expm1", "log", "pow", "cos", "sin"), 2),
    **dict.fromkeys(("erf", "atan2"), 2),
    "tanh": 4,
    "one_minus_power": 5,
}
"""Half ulps of its result that an operation is off by, where its operands are exact: one rounded
correctly, of libm's functions two, of its hyperbolic ones four. ``one_minus_power`` is
-expm1(n*log(b)): the argument is off by three halves, of which the result sees no more than all,
and by two of its own."""

HALVES_OF_ARRAYS = HALVES | dict.fromkeys(
    ("exp", "expm1", "log", "pow", "cos", "sin", "tanh", "erf", "atan2"), 8
)
"""The vector libraries that NumPy and torch compute such functions with promise four ulps.

Seen at 10**5 points from 1e-8 to 20, in ulps, of float32 and float64: tanh 1.34 and 1.12 by NumPy,
0.56 and 0.63 by torch, 2.04 and 2.09 by Numba; erf 1.00 and 0.76 by torch, 0.83 and 0.98 by Numba;
atan2 2.94 and 0.76 by NumPy, 0.81 and 0.78 by torch, 1.41 and 0.51 by Numba. CUDA promises 2, 2
and 3."""


OF_FACTORS = 16
"""Half ulps of 1 for each column that a factor may be off by: its columns from orthonormal ones,
and the matrix it is of from the one that was given, in terms of that. LAPACK promises a modest
multiple of the number of columns.

Seen of 800 random matrices of 2 to 64 columns, half of them nearly singular, in half ulps for each
column: at most 5.1, of columns of two or three."""


def done(name: str) -> str:
    """What an operation does, whichever axes it goes along."""
    return name.partition("_over_")[0]


def reduced(function: Any, x: Any, along: Axes) -> Any:
    """What a function makes of an array along some axes, which stay; or of all of it."""
    return function(x) if along is None else function(x, axis=along, keepdims=True)


def halves(name: str, operands: Sequence[Uncertain], *, of_arrays: bool, along: Axes = None) -> int:
    """How many half ulps of its result an operation is off by, where its operands are exact."""
    x = operands[0][0] if operands else 0.0
    match done(name):
        case "of_all_norm":  # of a few tensors: a square and a sum for each, and the root
            return 8
        case "of_all_total":
            return 1
        case "norm" | "global_norm":  # each square, the sum of them, of which the root is half
            return 2 + math.ceil((_terms(x, along) + 1) / 2)
        case "mean":
            return 1 + _terms(x, along)
        case "total":
            return _terms(x, along)
        case "matmul" | "trace":
            return np.asarray(x).shape[-1]
        case "solve":  # each product, the sums of them, and the quotient
            return np.asarray(x).shape[-1] + 1
        case "eigenvectors" | "leading_eigenvectors" | "eigenvalues" | "qr":
            return OF_FACTORS * np.asarray(x).shape[-1]
    return (HALVES_OF_ARRAYS if of_arrays else HALVES).get(name, 0)


def magnitude(name: str, value: Any, operands: Sequence[Uncertain], *, along: Axes = None) -> Any:
    """The size at which an operation rounds: of a sum of many, that of its terms together."""
    x = operands[0][0] if operands else value
    match done(name):
        case "mean":
            return reduced(np.mean, np.abs(x), along) if np.size(x) else value
        case "total":
            return reduced(np.sum, np.abs(x), along)
        case "trace":
            return _traced(np.abs(x))
        case "matmul":
            return np.abs(x) @ np.abs(operands[1][0])
        case "solve":
            return triangles.magnitude(x, value)
        case "eigenvectors" | "leading_eigenvectors" | "qr":
            return np.ones(np.shape(value))
        case "eigenvalues":
            return np.broadcast_to(_size(x, (-2, -1)), np.shape(value))
    return np.abs(value)


def carried(name: str, value: Any, operands: Sequence[Uncertain], *, along: Axes = None) -> Any:
    """How far the result is off because the operands are."""
    if not operands:
        return 0.0
    (x, dx), *rest = operands
    y, dy = rest[0] if rest else (x, dx)
    what = done(name)
    if what in ("norm", "global_norm", "mean", "total", "amax"):
        dx = np.broadcast_to(dx, np.shape(x))
    match what:
        case "add" | "sub":
            return dx + dy
        case "mul":
            return _times(np.abs(y) + dy, dx) + _times(np.abs(x), dy)
        case "div":
            known = np.abs(y) > dy
            return np.where(
                known,
                (dx + _times(np.abs(value), dy)) / np.where(known, np.abs(y) - dy, 1),
                _any(dx + dy),
            )
        case "square":
            return _times(2 * np.abs(x) + dx, dx)
        case "sqrt":
            below = np.sqrt(np.maximum(x - dx, 0))
            return np.minimum(dx / np.maximum(value + below, _TINY), np.sqrt(dx))
        case "transpose":
            return dx.mT
        case "trace":
            return _traced(dx)
        case "eigenvectors" | "leading_eigenvectors":
            # In terms of the matrix that it is of, as ``factors`` asks for.
            return np.broadcast_to(_part(dx, x, (-2, -1)), np.shape(value))
        case "qr":
            return np.broadcast_to(_part(dx, x, (-2,)), np.shape(x))
        case "eigenvalues":  # by Weyl's inequality
            return np.broadcast_to(_size(dx, (-2, -1)), np.shape(value))
        case "diagonal":
            return np.diagonal(dx, axis1=-2, axis2=-1)[..., None, :]
        case "descending":
            return _reordered(x, dx, y, dy)
        case "leading_1" | "leading_basis":
            kept = np.broadcast_to(dx, np.shape(x))[..., : np.shape(value)[-1]]
            return kept if kept.size else np.zeros(np.shape(value))
        case "lower":
            return np.tril(dx)
        case "solve":
            return triangles.off(x, np.broadcast_to(dx, np.shape(x)), dy, value)
        case "identity_of_rows" | "identity_of_cols":
            return np.zeros(1)
        case "neg" | "abs" | "of_all_norm" | "of_all_total" | "of_all_amax":
            return dx
        case "max" | "min":
            apart = np.abs(x - y) > dx + dy
            return np.where(apart, np.where(value == x, dx, dy), np.maximum(dx, dy))
        case "clip":
            return np.maximum(dx, np.maximum(*(off for _, off in rest)))
        case "sign":
            return np.where((np.abs(x) <= dx) & (dx > 0), 2.0, 0.0)
        case "norm" | "global_norm":
            # Of x + dx by the triangle inequality.
            return np.sqrt(reduced(np.sum, np.square(dx), along))
        case "mean":
            return reduced(np.mean, dx, along) if np.size(dx) else 0.0
        case "total":
            return reduced(np.sum, dx, along)
        case "amax":
            return reduced(np.max, dx, along) if np.size(dx) else 0.0
        case "matmul":
            return dx @ np.abs(y) + np.abs(x) @ dy + dx @ dy
        case "exp":
            return np.abs(value) * np.expm1(dx)
        case "expm1":
            return (np.abs(value) + 1) * np.expm1(dx)
        case "log":
            known = np.abs(x) > dx
            return np.where(known, -np.log1p(-np.where(known, dx / np.abs(x), 0)), _any(dx))
        case "floor":
            return np.floor(x + dx) - np.floor(x - dx)
        case "floordiv":
            return _steps(x, dx, y, dy)
        case "mod":
            steps = _steps(x, dx, y, dy)
            kept = dx + _times(np.abs(np.floor(x / y)), dy)
            return np.where(steps > 0, np.abs(y) + dy, kept)
        case "tanh":
            nearest = np.maximum(np.abs(x) - dx, 0)
            return np.minimum(_times(1 - np.tanh(nearest) ** 2, dx), 2.0)
        case "erf":
            nearest = np.maximum(np.abs(x) - dx, 0)
            return np.minimum(_times(2 / np.sqrt(np.pi) * np.exp(-nearest * nearest), dx), 2.0)
        case "atan2":
            return _turned(x, dx, y, dy)
        case "cos":
            return np.minimum(np.abs(np.sin(x)) * dx + dx * dx / 2, 2.0)
        case "sin":
            return np.minimum(np.abs(np.cos(x)) * dx + dx * dx / 2, 2.0)
        case "pow":
            return _of_power(x, dx, y, dy, value)
        case "one_minus_power":
            return _of_power(x, dx, y, dy, 1 - value)
    raise NotImplementedError(f"no bound for {name}")


def selected(test: Uncertain, yes: Uncertain, no: Uncertain) -> Uncertain:
    """An element for which the test may come out either way may be either."""
    (holds, is_open), (x, dx), (y, dy) = test, yes, no
    value, off = np.where(holds, x, y), np.where(holds, dx, dy)
    return value, np.where(is_open, np.maximum(dx, dy) + np.abs(x - y), off)


def is_open(operands: list[Uncertain]) -> Any:
    """Whether a comparison may come out either way."""
    (x, dx), (y, dy) = operands
    return (np.abs(x - y) <= dx + dy) & (dx + dy > 0)


def _steps(x: Any, dx: Any, y: Any, dy: Any) -> Any:
    """By how much a whole quotient can be off, which is nothing but near a step."""
    quotient = x / y
    known = np.abs(y) > dy
    below = np.where(known, np.abs(y) - dy, 1)
    off = np.where(known, (dx + _times(np.abs(quotient), dy)) / below, _any(dx + dy))
    off = np.where(np.isfinite(off), off, np.inf)
    return np.where(off > 0, np.floor(quotient + off) - np.floor(quotient - off), 0.0)


def _turned(y: Any, dy: Any, x: Any, dx: Any) -> Any:
    """By how much the angle of a point can be off: by a whole turn where it may cross the left.

    There, floats also tell a 0 from below from one from above.
    """
    off, far = np.hypot(dx, dy), np.hypot(x, y)
    small = (off < far) | (off == 0)
    part = np.where(small & (far > 0), off / np.where(far > 0, far, 1), 0.0)
    turned = np.where(small, np.arcsin(np.minimum(part, 1.0)), 2 * np.pi)
    return np.where((x - dx < 0) & (np.abs(y) <= dy), 2 * np.pi, turned)


def _traced(x: Any) -> Any:
    return np.trace(x, axis1=-2, axis2=-1)[..., None, None]


def _size(x: Any, axes: tuple[int, ...]) -> Any:
    return np.sqrt(np.sum(np.square(x), axis=axes, keepdims=True))


def _part(dx: Any, x: Any, axes: tuple[int, ...]) -> Any:
    """How far something is off in terms of what it is."""
    size, off = _size(x, axes), _size(np.broadcast_to(dx, np.shape(x)), axes)
    return np.where(off == 0, 0.0, np.where(size > 0, off / np.where(size > 0, size, 1), np.inf))


def _reordered(x: Any, dx: Any, by: Any, off: Any) -> Any:
    """How far ordered columns are off: where the order is open, by what any of them would be."""
    order = np.argsort(-by, axis=-1, stable=True)
    x, dx, by, off = (
        np.take_along_axis(np.broadcast_to(a, np.broadcast_shapes(np.shape(a), b)), order, axis=-1)
        for a, b in ((x, ()), (dx, np.shape(x)), (by, ()), (off, np.shape(by)))
    )
    found = np.array(dx)
    for at in np.ndindex(np.shape(x)[:-2]):
        values, offs = by[at][0], off[at][0]
        start, least = 0, np.inf
        for j in range(len(values) + 1):
            within = j < len(values) and offs.any() and values[j] + offs[j] >= least
            if j and not within:
                apart = np.ptp(x[at][:, start:j], axis=-1, keepdims=True)
                found[at][:, start:j] = dx[at][:, start:j].max(axis=-1, keepdims=True) + apart
                start = j
            if j < len(values):
                least = values[j] - offs[j] if not within else min(least, values[j] - offs[j])
    return found


def _terms(x: Any, along: Axes) -> int:
    return np.size(x) if along is None else math.prod(np.shape(x)[axis] for axis in along)


_TINY = np.finfo(np.float64).tiny
_STEEP = 2**-10


def _of_power(x: Any, dx: Any, y: Any, dy: Any, value: Any) -> Any:
    size = np.where(x == 0, 1, np.abs(x))
    # Where it is off by much of its size, as by what underflows, the slope says nothing.
    with np.errstate(all="ignore"):  # where nothing is off, which is not taken
        near, far = (np.power(np.maximum(np.abs(x) + off, 0), y) for off in (-dx, dx))
    ends = np.maximum(np.abs(far - np.abs(value)), np.abs(np.abs(value) - near))
    slope = np.abs(y * value) / size * dx
    of_base = np.where(dx > 0, np.where(dx > _STEEP * np.abs(x), ends, slope), 0.0)
    return of_base + np.where(dy > 0, np.abs(value * np.log(size)) * dy, 0.0)


def _times(size: Any, off: Any) -> Any:
    """The product; 0 where either is, whatever the other."""
    return np.where((size == 0) | (off == 0), 0.0, size * off)


def _any(off: Any) -> Any:
    """Infinite where an operand is off at all."""
    return np.where(off > 0, np.inf, 0.0)
