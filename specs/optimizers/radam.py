"""RAdam: Adam whose rate is rectified for the variance it has while few gradients are averaged.

The rule is torch's. The paper's rectifies where rho exceeds 4, and has no epsilon.
"""

from sympy import Piecewise, sqrt

from ..gradients import (
    ascend_or_descend,
    decay_parameter,
    gtilde,
    l2,
    maximize,
    thetabar,
    weight_decay,
)
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
(decoupled_weight_decay,) = flags("decoupled_weight_decay")
m, v = states("m v")
mhat, rho, d = intermediates("mhat rho d")

RHO_INF = 2 / (1 - beta2) - 1
"""How many gradients an average comes to have the length of; after t of them it is rho[t]."""
RECTIFIED = sqrt((rho[t] - 4) * (rho[t] - 2) * RHO_INF / ((RHO_INF - 4) * (RHO_INF - 2) * rho[t]))
ADAPTED = RECTIFIED * sqrt(1 - beta2**t) / (sqrt(v[t]) + eps)

radam = Optimizer(
    "RAdam",
    summary="RAdam: Adam with its adaptive rate rectified while the second moment is uncertain.",
    source="Liu et al., 2020, arXiv:1908.03265, Algorithm 2, from rho = 5 on",
    peer="torch.optim.RAdam",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Option(
            decoupled_weight_decay,
            "shrink the parameter instead of adding to the gradient, as AdamW",
        ),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        l2(unless=decoupled_weight_decay),
        decay_parameter(lr, when=decoupled_weight_decay),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * gtilde[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(rho[t], RHO_INF - 2 * t * beta2**t / (1 - beta2**t)),
        Update(d[t], Piecewise((mhat[t] * ADAPTED, rho[t] > 5), (mhat[t], True))),
        Update(theta[t], thetabar[t] - lr * d[t]),
    ],
)
