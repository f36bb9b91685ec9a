"""Adamax: Adam with the second moment replaced by an exponentially weighted maximum."""

from sympy import Abs, Max

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

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, u = states("m u")
(mhat,) = intermediates("mhat")

adamax = Optimizer(
    "Adamax",
    summary="Adamax: Adam on the infinity norm.",
    source="Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 2",
    peer="torch.optim.Adamax",
    positional=["foreach"],
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "2e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the infinity norm", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the gradient's size", latex=r"\epsilon"),
        weight_decay,
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(u, init=0, key="exp_inf", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * gtilde[t]),
        Update(u[t], Max(beta2 * u[t - 1], Abs(gtilde[t]) + eps)),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(theta[t], theta[t - 1] - lr * mhat[t] / u[t]),
    ],
)
