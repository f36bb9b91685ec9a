"""M-SVAG: momentum, made shorter for each element by how uncertain its gradient is.

What the moments of both kinds know of a gradient's variance says by which factor the average is
to be shortened to be, on average, as near to the true gradient as can be.
"""

from sympy import Eq, Max, Min, Piecewise, Rational

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta = hyperparameters("lr beta")
m, v = states("m v")
mhat, vhat, rho, doubt, factor = intermediates("mhat vhat rho doubt factor")

msvag = Optimizer(
    "MSVAG",
    summary="M-SVAG: momentum, damped by the variance that each element's gradient has.",
    source="Balles & Hennig, 2018, arXiv:1705.07774, Algorithm 1; not checked against the paper",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta, "0.9", UNIT, "decay rate of both moments"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], beta * m[t - 1] + (1 - beta) * g[t]),
        Update(v[t], beta * v[t - 1] + (1 - beta) * g[t] ** 2),
        Update(mhat[t], m[t] / (1 - beta**t)),
        Update(vhat[t], v[t] / (1 - beta**t)),
        # The sum of the squares of the weights in the average.
        Update(
            rho[t],
            Min((1 - beta) * (1 + beta**t) / ((1 + beta) * (1 - beta**t)), Rational(9999, 10000)),
        ),
        # One gradient says nothing of its variance.
        Update(
            doubt[t],
            Piecewise(
                (0, Eq(t, 1)), (rho[t] * Max(vhat[t] - mhat[t] ** 2, 0) / (1 - rho[t]), True)
            ),
        ),
        Update(
            factor[t],
            Piecewise((mhat[t] ** 2 / (mhat[t] ** 2 + doubt[t]), mhat[t] ** 2 > 0), (0, True)),
        ),
        Update(theta[t], theta[t - 1] - lr * factor[t] * mhat[t]),
    ],
)
