"""AdamG: Adam whose momentum is weighted by a power of the second moment, and whose rate falls."""

from sympy import Min, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
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

lr, beta1, beta2, beta3, p, q, eps = hyperparameters("lr beta1 beta2 beta3 p q eps")
m, v, r = states("m v r")
vhat, mhat, eta = intermediates("vhat mhat eta")

adamg = Optimizer(
    "AdamG",
    summary="AdamG: Adam with a rate that follows from its own second moments.",
    source="Pan, 2024, arXiv:2405.04376, Algorithm 2; decay as in pytorch_optimizer",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1", NON_NEGATIVE, "largest rate, which 1 / sqrt(t) bounds too", latex=r"\eta"),
        Hyper(beta1, "0.95", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(beta3, "0.95", UNIT, "decay rate of the golden step size", argument="betas"),
        Hyper(p, "0.2", NON_NEGATIVE, "factor of the golden step size"),
        Hyper(q, "0.24", NON_NEGATIVE, "power of the golden step size"),
        weight_decay,
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="m"),
        State(v, init=0, key="v", domain=NON_NEGATIVE),
        State(r, init=0, key="r", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2),
        Update(r[t], beta3 * r[t - 1] + (1 - beta3) * p * v[t] ** q),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * r[t] * gtilde[t]),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(eta[t], Min(lr, 1 / sqrt(t))),
        Update(theta[t], theta[t - 1] - eta[t] * mhat[t] / (sqrt(vhat[t]) + eps)),
    ],
)
