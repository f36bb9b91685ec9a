"""LAMB: Adam, each tensor's step as long as the tensor itself, times the rate."""

from dataclasses import replace

from sympy import And, Min, Piecewise, sqrt

from ..gradients import ascend_or_descend, maximize, weight_decay
from ..gradients.descent import g
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
    norm,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
(trust_clip,) = flags("trust_clip")
m, v = states("m v")
mhat, vhat, u, phi, ratio = intermediates("mhat vhat u phi ratio")

lamb = Optimizer(
    "Lamb",
    summary="LAMB: Adam whose steps are scaled to the norm of each tensor.",
    source="You et al., 2020, arXiv:1904.00962, Algorithm 2, with the norm itself for phi",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-6", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        replace(weight_decay, default="1e-2"),
        Option(trust_clip, "never make a step longer than Adam's (LAMBC)"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(u[t], mhat[t] / (sqrt(vhat[t]) + eps) + weight_decay.symbol * theta[t - 1]),
        Update(
            phi[t],
            Piecewise(
                (
                    norm(theta[t - 1]) / norm(u[t]),
                    And(norm(theta[t - 1]) > 0, norm(u[t]) > 0),
                ),
                (1, True),
            ),
        ),
        Update(ratio[t], Piecewise((Min(phi[t], 1), trust_clip), (phi[t], True))),
        Update(theta[t], theta[t - 1] - lr * ratio[t] * u[t]),
    ],
)
