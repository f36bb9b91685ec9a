"""Lion: a step of constant size in the direction of an interpolated momentum's sign."""

from sympy import sign

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
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

lr, beta1, beta2 = hyperparameters("lr beta1 beta2")
(m,) = states("m")
(c,) = intermediates("c")

lion = Optimizer(
    "Lion",
    summary="Lion: signed steps along an interpolated momentum.",
    source="Chen et al., 2023, arXiv:2302.06675, Algorithm 2",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1e-4", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "weight of the momentum in the step", argument="betas"),
        Hyper(beta2, "0.99", UNIT, "decay rate of the momentum", argument="betas"),
        weight_decay,
        maximize,
    ],
    states=[State(m, init=0, key="exp_avg")],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(c[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(m[t], beta2 * m[t - 1] + (1 - beta2) * g[t]),
        Update(theta[t], thetabar[t] - lr * sign(c[t])),
    ],
)
