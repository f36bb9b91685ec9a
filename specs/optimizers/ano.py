"""Ano: steps as long as the gradient says, in the direction that the momentum says."""

from sympy import Abs, Max, Piecewise, log, sign, sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
(logarithmic_schedule,) = flags("logarithmic_schedule")
m, v = states("m v")
rate, vhat = intermediates("rate vhat")

ano = Optimizer(
    "Ano",
    summary="Ano: steps as long as the gradient says, with the signs of its momentum.",
    source="Kegreisz, 2025, arXiv:2508.18258, Algorithm 1, the second moment as in its author's "
    "code, epsilon beside the root; not checked against the paper",
    lineage=["Yogi"],
    hyper=[
        Hyper(lr, "1e-4", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(beta1, "0.92", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.99", UNIT, "decay rate of the second moment", argument="betas"),
        weight_decay,
        Option(logarithmic_schedule, "let the first decay rate be 1 - 1/log(t), as Anolog"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(rate[t], Piecewise((1 - 1 / log(Max(2, t)), logarithmic_schedule), (beta1, True))),
        Update(m[t], rate[t] * m[t - 1] + (1 - rate[t]) * g[t]),
        Update(
            v[t],
            Max(beta2 * v[t - 1] + (1 - beta2) * sign(g[t] ** 2 - v[t - 1]) * g[t] ** 2, 0),
        ),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(theta[t], thetabar[t] - lr * Abs(g[t]) * sign(m[t]) / (sqrt(vhat[t]) + eps)),
    ],
)
