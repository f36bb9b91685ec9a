"""What AdamP and SGDP share: steps without what only makes weights longer.

Weights before a normalisation count by their direction. A gradient that is nearly at a right angle
to them, row by row or as a whole, tells such weights; then the part of a step along them is left
out, and they decay less.
"""

from sympy import Abs, Expr, Integer, Max, Or, Piecewise, sqrt

from ..gradients import g
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Axis,
    Hyper,
    Update,
    View,
    amax,
    cols,
    hyperparameters,
    intermediates,
    ndim,
    norm,
    numel,
    t,
    theta,
    total,
)

delta, wd_ratio, eps = hyperparameters("delta wd_ratio eps")
by_rows, whole, unit, radial, straight, share = intermediates(
    "by_rows whole unit radial straight share"
)

ROWS = by_rows[t] < delta / sqrt(cols)
WHOLE = whole[t] < delta / sqrt(numel)

VIEW = View(flat=ndim >= 3)
"""Rows are the channels: the first axis by all others."""

EPS = Hyper(eps, "1e-8", POSITIVE, "term added to denominators", latex=r"\epsilon")
DELTA = Hyper(
    delta, "0.1", POSITIVE, "how near to a right angle tells such weights", latex=r"\delta"
)
WD_RATIO = Hyper(wd_ratio, "0.1", NON_NEGATIVE, "share of the decay that they have", latex="r")


def length(x: Expr, over: tuple[Axis, ...]) -> Expr:
    """The norm, or epsilon, which is more than none."""
    return Max(norm(x, over=over), eps)


def cosine(x: Expr, y: Expr, over: tuple[Axis, ...] = ()) -> Expr:
    """The magnitude of that of the angle between two."""
    return Abs(total(x * y, over=over)) / (length(x, over) * length(y, over))


def of_matrices(value: Expr, other: Expr) -> Expr:
    """What is only of matrices, and what stands for it elsewhere."""
    return Piecewise((value, ndim >= 2), (other, True))


def project(u: Expr) -> tuple[Update, ...]:
    """A step less its part along a parameter where that is of no use, and the decay's share."""
    before, axes = theta[t - 1], (cols,)
    of_rows = before / (norm(before, over=cols) + eps)
    of_all = before / (norm(before) + eps)
    return (
        Update(by_rows[t], of_matrices(amax(cosine(g[t], before, axes)), Integer(1))),
        Update(whole[t], of_matrices(cosine(g[t], before), Integer(1))),
        Update(unit[t], of_matrices(Piecewise((of_rows, ROWS), (of_all, True)), before)),
        Update(
            radial[t],
            of_matrices(
                Piecewise(
                    (total(unit[t] * u, over=cols), ROWS),
                    (total(unit[t] * u), WHOLE),
                    (Integer(0), True),
                ),
                Integer(0),
            ),
        ),
        Update(straight[t], of_matrices(u - radial[t] * unit[t], u)),
        Update(
            share[t],
            of_matrices(Piecewise((wd_ratio, Or(ROWS, WHOLE)), (1, True)), Integer(1)),
        ),
    )
