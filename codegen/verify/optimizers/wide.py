"""Operations of programs on numbers wider than those that implementations compute with."""

import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from ...oracle.meanings import AXES
from ...program.operations import IDENTITY, LEADING
from ..roundings import Axes, Uncertain, done, reduced

Wide = np.longdouble
"""For its range; bounds are needed to a digit or so."""

WIDE_UNIT = 2.0**-58
"""Of what is itself computed in it, with a few roundings."""

COMPARISONS = {
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
}


def _nan_of_none(function: Callable[..., Any]) -> Callable[..., Any]:
    """A reduction that has no result of no elements, for which NumPy would warn or raise."""

    def reduced(x: Any, **along: Any) -> Any:
        return function(x, **along) if np.size(x) else np.sum(x, **along) + np.nan

    return reduced


def _norm(x: Any, **along: Any) -> Any:
    return np.sqrt(np.sum(x * x, **along))


_REDUCTIONS: dict[str, Any] = {
    "norm": _norm,
    "global_norm": _norm,
    "mean": _nan_of_none(np.mean),
    "total": np.sum,
    "amax": _nan_of_none(np.max),
}


def reduction(name: str, x: Any, along: Axes) -> Any:
    """What a reduction makes of its operand."""
    return reduced(_REDUCTIONS[done(name)], x, along)


def _identity(like: Any, axis: int) -> Any:
    n = np.shape(like)[axis]
    return np.broadcast_to(np.eye(n, dtype=Wide), (*np.shape(like)[:-2], n, n))


def _apart(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What LAPACK makes of matrices in float64, brought near to 1 and back; NaN of no numbers."""

    def of(x: Any) -> Any:
        finite = np.isfinite(x).all(axis=(-2, -1), keepdims=True)
        largest = np.max(np.abs(np.where(finite, x, 0)), axis=(-2, -1), keepdims=True, initial=0)
        scale = np.where(largest > 0, largest, 1)
        found, grows = function(np.where(finite, x / scale, 0).astype(np.float64))
        return np.where(finite, found * scale**grows, np.nan)

    return of


def _solved(x: Any, y: Any) -> Any:
    found = np.broadcast_to(y, np.broadcast_shapes(x.shape[:-1] + y.shape[-1:], y.shape)).copy()
    for i in range(x.shape[-1]):
        found[..., i, :] -= (x[..., i : i + 1, :i] @ found[..., :i, :])[..., 0, :]
        found[..., i, :] /= x[..., i, i, None]
    return found


def _descending(x: Any, by: Any) -> Any:
    return np.take_along_axis(x, np.argsort(-by, axis=-1, stable=True), axis=-1)


def _leading(x: Any, count: Any) -> Any:
    """Zeros of what has no elements, as the oracle has it, and whatever is generated."""
    return x[..., : int(count)] if x.size else np.zeros((*x.shape[:-1], int(count)), x.dtype)


VALUES: dict[str, Any] = {
    **COMPARISONS,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "square": np.square,
    "sqrt": np.sqrt,
    "neg": np.negative,
    "abs": np.abs,
    "max": np.maximum,
    "min": np.minimum,
    "sign": np.sign,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "pow": np.power,
    "tanh": np.tanh,
    "erf": lambda x: np.vectorize(math.erf, otypes=[Wide])(x),
    "atan2": np.arctan2,
    "cos": np.cos,
    "sin": np.sin,
    "floor": np.floor,
    "floordiv": np.floor_divide,
    "mod": np.mod,
    "pi": lambda: Wide("3.14159265358979323846264338327950288"),
    "one_minus_power": lambda base, exponent: 1 - np.power(base, exponent),
    "clip": np.clip,
    "of_all_norm": np.abs,
    "of_all_total": np.positive,
    "of_all_amax": np.positive,
    "matmul": np.matmul,
    "transpose": lambda x: x.mT,
    "trace": lambda x: np.trace(x, axis1=-2, axis2=-1)[..., None, None],
    "eigenvectors": _apart(lambda x: (np.linalg.eigh(x).eigenvectors[..., ::-1], 0)),
    "eigenvalues": _apart(lambda x: (np.linalg.eigvalsh(x)[..., None, ::-1], 1)),
    "leading_eigenvectors": lambda x, n: _leading(VALUES["eigenvectors"](x), n),
    **{op.name: _leading for op in LEADING.values()},
    "lower": np.tril,
    "solve": _solved,
    "qr": _apart(lambda x: (np.linalg.qr(x).Q, 0)),
    "diagonal": lambda x: np.diagonal(x, axis1=-2, axis2=-1)[..., None, :],
    "descending": _descending,
    **{op.name: partial(_identity, axis=AXES[axis]) for axis, op in IDENTITY.items()},
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
}


def saturated_product(x: Any, y: Any, largest: float) -> Any:
    """A product of matrices as it is where the terms of its sums are, if too large, infinite."""
    terms = x[..., :, :, None] * y[..., None, :, :]
    terms = np.where(np.abs(terms) > largest, np.copysign(np.inf, terms), terms)
    return np.sum(terms, axis=-2)


def given(value: Any) -> Uncertain:
    """A value, and how far it is off, which may be said beside it."""
    x, off = value if isinstance(value, tuple) else (value, 0.0)
    if np.asarray(x).dtype == np.bool_:
        return x, off
    wide = np.asarray(x, dtype=Wide)
    return wide, np.broadcast_to(np.asarray(off, dtype=Wide), wide.shape)


def constant(value: Fraction) -> tuple[float, float]:
    """A constant as it is written in code, and how far that is from it."""
    written = float(value)
    return written, float(abs(Fraction(written) - value)) if math.isfinite(written) else 0.0
