"""AdaNorm: Adam whose first moment takes a gradient that is short to be as long as most were."""

from sympy import And, Piecewise, sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)

lr, beta1, beta2, r, eps = hyperparameters("lr beta1 beta2 r eps")
m, v, e = states("m v e")
gnorm, ratio, s, mhat, vhat = intermediates("gnorm ratio s mhat vhat")

adanorm = Optimizer(
    "AdaNorm",
    summary="AdaNorm: AdamW whose first moment averages gradients made no shorter than usual.",
    source="Dubey, Singh & Chaudhuri, 2022, arXiv:2210.06364, AdamNorm; decay decoupled",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.99", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(r, "0.95", UNIT, "decay rate of the norm", latex=r"\gamma"),
        weight_decay,
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_var", domain=NON_NEGATIVE),
        State(e, init=0, key="exp_grad_norm", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(gnorm[t], norm(g[t])),
        Update(e[t], r * e[t - 1] + (1 - r) * gnorm[t]),
        Update(
            ratio[t],
            Piecewise((e[t] / gnorm[t], And(gnorm[t] > 0, e[t] > gnorm[t])), (1, True)),
        ),
        Update(s[t], ratio[t] * g[t]),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * s[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(theta[t], thetabar[t] - lr * mhat[t] / (sqrt(vhat[t]) + eps)),
    ],
)
