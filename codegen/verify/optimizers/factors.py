"""Factors that generated code has computed, held against what they must satisfy.

Of a matrix there are many factors, and any will do. What is off is not how far elements are from
those of another factor, but the columns from orthonormal ones, and what the matrix becomes in them
from diagonal or triangular. LAPACK answers for that: a factor is that of a matrix which is next to
the one it was given, as near as roundings reach (``roundings``).
"""

from typing import Any

import numpy as np
from flint import fmpq, fmpz

from ....specs.language import Optimizer, Value
from ....specs.language.decompositions import Decomposition
from ....specs.language.occurrences import nodes, values
from ...oracle.arrays import Array, product
from ...oracle.exact import Number, is_zero
from ...oracle.factors import Factored
from ...oracle.formats import FORMATS, Format
from ...oracle.reals import Finite, narrow
from ..roundings import halves
from ..ulp import Doubles, expected, half_units
from .wide import Wide


def takers(spec: Optimizer) -> set[str]:
    """The states that take factors."""
    return {
        u.target.name
        for u in spec.updates
        if any(isinstance(n, Decomposition) and n.is_factor for n in nodes(u.value))
    }


def are_read_at_once(spec: Optimizer) -> bool:
    """Whether something is computed from a factor in the step that it is computed in."""
    taking = takers(spec)
    read = {v.name for u in spec.updates for v in values(u.value) if _is_new(v)}
    return bool(taking & read)


def _is_new(value: Value) -> bool:
    return value.lag == 0


def judged(
    found: Any, of: Factored, off: Doubles, stored: Format, computed: Format
) -> tuple[Doubles, Doubles]:
    """How far a factor is from what it must satisfy, and how far it may be; by element.

    Args:
        found: the factor.
        of: what it is a factor of.
        off: how far, of each column, it may be that of another matrix, in terms of the matrix.
        stored: the format it is kept in.
        computed: that it was computed in.
    """
    q = np.asarray(found, dtype=Wide)
    if not q.size:
        return np.zeros(q.shape), np.zeros(q.shape)
    a, n = _scaled(of.matrix), q.shape[-1]
    one = np.ones(1)
    kept = 2 * half_units(one, stored)
    count = halves(of.of, [(a, 0.0)], of_arrays=True)
    allowed = np.broadcast_to(count * half_units(one, computed) + kept, q.shape)
    reach = np.max(np.asarray(off, dtype=Wide), axis=-2, keepdims=True, initial=0.0) + kept
    with np.errstate(all="ignore"):
        beside = np.abs(q.mT @ q - np.eye(n)) / allowed[..., :1, :]
        if of.of == "qr":
            rest, may = _beside_triangle(q, a), reach * _norm(a, axis=-2)
        else:
            rest = _beside_diagonal(q, _mirrored(a))
            may = 2 * np.max(reach, axis=-1, keepdims=True, initial=0.0) * _norm(a, axis=(-2, -1))
        worst = np.maximum(_of_column(beside), _of_column(np.where(rest == 0, 0.0, rest / may)))
    share = np.where(np.isfinite(q).all(axis=-2, keepdims=True), worst, np.inf)
    share = np.where(np.isnan(share), np.inf, share)
    limit = allowed.astype(np.float64)
    return np.where(share > 0, share * limit, 0.0).astype(np.float64), limit


def _of_column(share: Any) -> Any:
    """The most in each column."""
    return np.max(share, axis=-2, keepdims=True, initial=0.0)


def _beside_triangle(q: Any, a: Any) -> Any:
    """How far a matrix is from triangular in the columns of a factor, and from all within them."""
    within = q.mT @ a
    return np.concatenate([np.tril(np.abs(within), -1), _outside(q, a - q @ within)], axis=-2)


def _beside_diagonal(q: Any, a: Any) -> Any:
    """How far a symmetric matrix is from diagonal and falling in the columns of a factor.

    Of fewer columns than all, what is left of it is no larger than what any of them has.
    """
    turned = q.mT @ a @ q
    eigenvalues = np.diagonal(turned, axis1=-2, axis2=-1)
    rises = np.maximum(np.diff(eigenvalues, append=eigenvalues[..., -1:]), 0)
    rest = np.abs(turned) * (1 - np.eye(q.shape[-1])) + rises[..., None] * np.eye(q.shape[-1]) / 2
    if q.shape[-1] in (0, q.shape[-2]):
        return rest
    left = (a - (q * eigenvalues[..., None, :]) @ q.mT).astype(np.float64)
    left = np.where(np.isfinite(left), left, 0.0)
    rises = np.maximum(np.linalg.eigvalsh(left)[..., -1:, None] - eigenvalues[..., None, -1:], 0)
    outside = _outside(q, a @ q - q * eigenvalues[..., None, :])
    return np.concatenate([rest, outside, np.broadcast_to(rises / 2, outside.shape)], axis=-2)


def _outside(q: Any, rest: Any) -> Any:
    """The length of what is left of each column; none of as many columns as there can be."""
    is_whole = q.shape[-1] == q.shape[-2]
    return np.zeros_like(rest[..., :1, :]) if is_whole else _norm(rest, axis=-2)


def _mirrored(a: Any) -> Any:
    """A symmetric matrix, of the diagonal and what is below it."""
    return np.tril(a) + np.tril(a, -1).mT


def _norm(a: Any, axis: Any) -> Any:
    return np.sqrt(np.sum(a * a, axis=axis, keepdims=True))


def _scaled(matrix: Array) -> Any:
    """A matrix times a power of two that brings its elements near to 1, of which all depends."""
    sizes = [_size(x) for x in matrix.ravel() if not is_zero(x)]
    scale = _power_of_two(-max(sizes, default=0))
    parts = expected(product([scale, matrix]), FORMATS["float64"])
    return parts.high.astype(Wide) + parts.low


def _size(x: Finite) -> int:
    """About the exponent, of an irrational number too that no ball tells from a power of two."""
    mantissa, exponent = narrow(x).mid().man_exp()
    return int(exponent) + mantissa.bit_length()


def _power_of_two(exponent: int) -> Number:
    return fmpq(fmpz(1) << exponent) if exponent >= 0 else fmpq(1, fmpz(1) << -exponent)
