"""CAME: Adafactor whose steps are smaller where they and their average disagree.

Decay is decoupled, as in its authors' code; a tensor that is no matrix keeps all its second
moments, and takes the average as it is.
"""

from sympy import Expr, Max, Not, Piecewise, sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    cols,
    hyperparameters,
    intermediates,
    mean,
    ndim,
    rms,
    rows,
    states,
    t,
    theta,
)

lr, eps1, eps2, clip_threshold = hyperparameters("lr eps1 eps2 clip_threshold")
beta1, beta2, beta3 = hyperparameters("beta1 beta2 beta3")
m, r, c, v, p, q = states("m r c v p q")
square, scaled, u, doubt, confident = intermediates("square scaled u doubt confident")

FACTORED = ndim >= 2


def root(by_rows: Expr, by_cols: Expr) -> Expr:
    """That of a matrix of which the means of its rows and columns are known, of rank one."""
    return sqrt(by_rows / mean(by_rows, over=rows)) * sqrt(by_cols)


came = Optimizer(
    "CAME",
    summary="CAME: Adafactor with momentum, scaled down where it is unreliable.",
    source="Luo et al., 2023, arXiv:2307.02047, Algorithm 2",
    lineage=["Adafactor"],
    hyper=[
        Hyper(lr, "2e-4", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(
            eps1,
            "1e-30",
            POSITIVE,
            "term added to squared gradients",
            latex=r"\epsilon_1",
            argument="eps",
        ),
        Hyper(
            eps2,
            "1e-16",
            POSITIVE,
            "term added to squared deviations",
            latex=r"\epsilon_2",
            argument="eps",
        ),
        Hyper(
            clip_threshold,
            "1",
            POSITIVE,
            "largest root mean square of an update",
            latex="d",
        ),
        Hyper(beta1, "0.9", UNIT, "decay rate of the updates", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(beta3, "0.9999", UNIT, "decay rate of the deviations", argument="betas"),
        weight_decay,
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(r, init=0, key="exp_avg_sq_row", shape=(rows,), when=FACTORED, domain=NON_NEGATIVE),
        State(c, init=0, key="exp_avg_sq_col", shape=(cols,), when=FACTORED, domain=NON_NEGATIVE),
        State(v, init=0, key="exp_avg_sq", when=Not(FACTORED), domain=NON_NEGATIVE),
        State(
            p,
            init=0,
            key="exp_avg_res_row",
            shape=(rows,),
            when=FACTORED,
            domain=NON_NEGATIVE,
            latex="R",
        ),
        State(
            q,
            init=0,
            key="exp_avg_res_col",
            shape=(cols,),
            when=FACTORED,
            domain=NON_NEGATIVE,
            latex="C",
        ),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(square[t], g[t] ** 2 + eps1),
        Update(r[t], beta2 * r[t - 1] + (1 - beta2) * mean(square[t], over=cols)),
        Update(c[t], beta2 * c[t - 1] + (1 - beta2) * mean(square[t], over=rows)),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * square[t]),
        Update(
            scaled[t],
            Piecewise((g[t] / root(r[t], c[t]), FACTORED), (g[t] / sqrt(v[t]), True)),
        ),
        Update(u[t], scaled[t] / Max(1, rms(scaled[t]) / clip_threshold)),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * u[t]),
        Update(doubt[t], (u[t] - m[t]) ** 2 + eps2),
        Update(p[t], beta3 * p[t - 1] + (1 - beta3) * mean(doubt[t], over=cols)),
        Update(q[t], beta3 * q[t - 1] + (1 - beta3) * mean(doubt[t], over=rows)),
        Update(confident[t], Piecewise((m[t] / root(p[t], q[t]), FACTORED), (m[t], True))),
        Update(theta[t], thetabar[t] - lr * confident[t]),
    ],
)
