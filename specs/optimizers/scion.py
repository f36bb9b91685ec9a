"""Scion: steps of one length in a norm that suits the layer, towards the edge of its ball.

``momentum`` is the weight of what is new, as in its authors' code. Matrices take the spectral norm
by Muon's rounds, or one that an option says; what has no rows takes the root mean square. Kernels
of convolutions are seen as their first axis by all others: there its authors divide by the kernel's
length once more, which ``scale`` can say.
"""

from fractions import Fraction

from sympy import Eq, Max, Piecewise, Rational, sign, sqrt

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT_CLOSED,
    Choice,
    Hyper,
    Interval,
    Optimizer,
    Option,
    State,
    Update,
    View,
    cols,
    counts,
    flags,
    hyperparameters,
    intermediates,
    iterate,
    ndim,
    norm,
    rms,
    rows,
    states,
    t,
    theta,
)
from .muon import a, b, c, tall, wide

lr, momentum, scale, eps = hyperparameters("lr momentum scale eps")
(ns_steps,) = counts("ns_steps")
(unconstrained,) = flags("unconstrained")
(m,) = states("m")
x, edge = intermediates("x edge")
layer = Choice(
    "norm_type",
    ("Spectral", "Sign", "ColNorm", "RowNorm"),
    "the norm whose ball a matrix is taken to the edge of: the spectral one, that of signs, of "
    "columns, or of rows",
)

scion = Optimizer(
    "Scion",
    summary="Scion: steps to the edge of a ball, in a norm that suits the layer.",
    source="Pethick et al., 2025, arXiv:2502.07529, Algorithms 1 and 2; not checked against the "
    "paper",
    lineage=["Muon"],
    step_key="",
    view=View(flat=ndim >= 3),
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "1", UNIT_CLOSED, "weight of a new gradient", latex=r"\alpha"),
        layer,
        Hyper(scale, "1", NON_NEGATIVE, "radius of the ball", latex=r"\rho"),
        Option(unconstrained, "step by the edge alone, and leave the ball"),
        *(
            Hyper(symbol, default, REAL, f"coefficient of the {power}", argument="ns_coefficients")
            for symbol, default, power in (
                (a, "3.4445", "matrix"),
                (b, "-4.775", "cube"),
                (c, "2.0315", "fifth power"),
            )
        ),
        Hyper(
            ns_steps,
            "5",
            Interval(low=Fraction(0), high=Fraction(100), high_open=True),
            "rounds of Newton and Schulz",
            latex="k",
        ),
        Hyper(eps, "1e-8", POSITIVE, "term added to denominators", latex=r"\epsilon"),
        maximize,
    ],
    states=[State(m, init=None, key="momentum_buffer")],
    updates=[
        ascend_or_descend,
        Update(
            m[t],
            Piecewise((g[t], Eq(t, 1)), ((1 - momentum) * m[t - 1] + momentum * g[t], True)),
        ),
        Update(
            x[t],
            Piecewise(
                (m[t] / Max(norm(m[t], over=(rows, cols)), Rational(1, 10**7)), ndim >= 2),
                (m[t], True),
            ),
        ),
        Update(
            edge[t],
            Piecewise(
                (m[t] / (rms(m[t]) + eps), ndim < 2),
                (sign(m[t]) / cols, layer["Sign"]),
                (m[t] / (rms(m[t], over=rows) + eps), layer["ColNorm"]),
                (m[t] / (rms(m[t], over=cols) + eps), layer["RowNorm"]),
                (sqrt(rows / cols) * iterate(ns_steps, x[t], tall, dtype="bfloat16"), rows > cols),
                (sqrt(rows / cols) * iterate(ns_steps, x[t], wide, dtype="bfloat16"), True),
            ),
        ),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1] - lr * scale * edge[t], unconstrained),
                ((1 - lr) * theta[t - 1] - lr * scale * edge[t], True),
            ),
        ),
    ],
)
