"""Dion: Muon whose orthogonal factor is found by one power iteration, of as low a rank as wanted.

What the approximation leaves out of the momentum stays in it, to come up in later steps. This is
the rule for one device; here Q is kept transposed, so that a row belongs to a vector of the basis,
and P is kept because it is one factor of many. Neither sign of a column of P matters: that of the
row of Q goes with it.
"""

from dataclasses import replace

from sympy import Eq, Expr, Piecewise, sqrt

from ..gradients import decay_parameter, thetabar, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT_CLOSED,
    Hyper,
    Input,
    Optimizer,
    Source,
    State,
    Update,
    View,
    basis,
    cols,
    counts,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    leading,
    matmul,
    ndim,
    norm,
    qr,
    rows,
    states,
    t,
    theta,
    transpose,
)

lr, mu, eps = hyperparameters("lr mu eps")
(rank,) = counts("rank")
m, p, q = states("m p q")
(xi,) = inputs("xi")
b, r = intermediates("b r")

FIRST = Eq(t, 1)
START: Expr = Piecewise((leading(transpose(xi[t]), basis), FIRST), (transpose(q[t - 1]), True))

dion = Optimizer(
    "Dion",
    summary="Dion: orthonormalised momentum of low rank, by power iteration.",
    source="Ahn et al., 2025, arXiv:2504.05295, Algorithm 1, with decoupled decay as in "
    "github.com/microsoft/dion; not checked against the paper",
    lineage=["Muon"],
    view=View(flat=ndim >= 4, rank=rank),
    hyper=[
        Hyper(lr, "0.01", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(
            mu,
            "0.95",
            UNIT_CLOSED,
            "share of what is stepped along that stays in the momentum",
            latex=r"\mu",
        ),
        replace(weight_decay, default="0.01"),
        Hyper(rank, "128", AT_LEAST_ONE, "largest rank of a step", latex="r"),
        Hyper(eps, "1e-8", POSITIVE, "term added to norms", latex=r"\epsilon"),
    ],
    inputs=[Input(xi, Source.NORMAL, "where the basis starts", when=FIRST, latex=r"\xi")],
    states=[
        State(m, init=0, key="momentum"),
        State(p, init=0, key="P", shape=(rows, basis), latex="P"),
        State(q, init=None, key="Q", shape=(basis, cols), latex="Q"),
    ],
    updates=[
        Update(b[t], m[t - 1] + grad(theta[t - 1])),
        Update(p[t], qr(matmul(b[t], START))),
        Update(r[t], matmul(transpose(p[t]), b[t])),
        Update(m[t], b[t] - (1 - mu) * matmul(p[t], r[t])),
        Update(q[t], r[t] / (norm(r[t], over=cols) + eps)),
        decay_parameter(lr),
        Update(theta[t], thetabar[t] - lr * sqrt(rows / cols) * matmul(p[t], q[t])),
    ],
)
