"""StableAdamW: AdamW that steps less far where gradients are larger than their average knows.

Its averages are corrected for their start as they are kept, and not where they are read.
"""

from dataclasses import replace

from sympy import Expr, Max, sqrt

from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    intermediates,
    rms,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v = states("m v")
excess, eta = intermediates("excess eta")


def corrected(old: Expr, new: Expr, beta: Expr) -> Expr:
    """An average that weighs all there was by what it weighs, from its first on."""
    return (beta * (1 - beta ** (t - 1)) * old + (1 - beta) * new) / (1 - beta**t)


stableadamw = Optimizer(
    "StableAdamW",
    summary="StableAdamW: AdamW whose steps are clipped as Adafactor's are.",
    source="Wortsman et al., 2023, arXiv:2304.13013, Algorithm 2",
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.99", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-6", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        replace(weight_decay, default="1e-2"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], corrected(m[t - 1], g[t], beta1)),
        Update(v[t], corrected(v[t - 1], g[t] ** 2, beta2)),
        Update(excess[t], rms(g[t] / Max(sqrt(v[t]), eps))),
        Update(eta[t], lr / Max(1, excess[t])),
        Update(
            theta[t],
            theta[t - 1] * (1 - eta[t] * weight_decay.symbol) - eta[t] * m[t] / (sqrt(v[t]) + eps),
        ),
    ],
)
