"""EXAdam: Adam each of whose moments is corrected by the other, with the gradient beside."""

from sympy import sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
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
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v = states("m v")
longer, wider, mtilde, vtilde, gtilde = intermediates("longer wider mtilde vtilde gtilde")

exadam = Optimizer(
    "EXAdam",
    summary="EXAdam: Adam that corrects its moments by one another, and adds the gradient.",
    source="Adly, 2024, arXiv:2412.20302, Algorithm 1, the learning rate as it is given; not "
    "checked against the paper",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        weight_decay,
        Hyper(eps, "1e-8", POSITIVE, "term added to denominators", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(longer[t], 1 + beta2**t * v[t] / (v[t] + eps)),
        Update(wider[t], 1 + beta1**t * m[t] ** 2 / (m[t] ** 2 + eps)),
        Update(mtilde[t], longer[t] * m[t] / (1 - beta1**t)),
        Update(vtilde[t], wider[t] * v[t] / (1 - beta2**t)),
        Update(gtilde[t], longer[t] * g[t] / (1 - beta1**t)),
        Update(theta[t], thetabar[t] - lr * (mtilde[t] + gtilde[t]) / (sqrt(vtilde[t]) + eps)),
    ],
)
