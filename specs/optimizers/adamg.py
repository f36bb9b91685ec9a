"""AdamG: Adam whose gradients come with a scale of their own, so that no rate is to be found.

The scale is what s(x) = p x**q makes of the second moment, averaged.
"""

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
rate, mhat, vhat = intermediates("rate mhat vhat")

adamg = Optimizer(
    "AdamG",
    summary="AdamG: Adam with a scale of each element's own in place of a learning rate.",
    source="Pan et al., 2024, arXiv:2405.04376, Algorithm 1, as in pytorch_optimizer; not checked "
    "against the paper",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1", NON_NEGATIVE, "largest learning rate; at most 1/sqrt(t)", latex=r"\eta"),
        Hyper(beta1, "0.95", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(beta3, "0.95", UNIT, "decay rate of the scale", argument="betas"),
        Hyper(p, "0.2", NON_NEGATIVE, "factor of the scale"),
        Hyper(q, "0.24", NON_NEGATIVE, "power of the second moment in the scale"),
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
        Update(rate[t], Min(lr, 1 / sqrt(t))),
        Update(theta[t], theta[t - 1] - rate[t] * mhat[t] / (sqrt(vhat[t]) + eps)),
    ],
)
