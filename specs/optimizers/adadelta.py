"""Adadelta: the step in units of the parameter, from averages of both gradients and steps."""

from sympy import sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT_CLOSED,
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

lr, rho, eps = hyperparameters("lr rho eps")
v, u = states("v u")
(d,) = intermediates("d")

adadelta = Optimizer(
    "Adadelta",
    summary="Adadelta: steps scaled by the ratio of two running averages of squares.",
    source="Zeiler, 2012, arXiv:1212.5701, Algorithm 1",
    peer="torch.optim.Adadelta",
    positional=["foreach"],
    lineage=["RMSprop"],
    hyper=[
        Hyper(lr, "1.0", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(rho, "0.9", UNIT_CLOSED, "decay rate of both averages", latex=r"\rho"),
        Hyper(eps, "1e-6", NON_NEGATIVE, "term added under both roots", latex=r"\epsilon"),
        weight_decay,
        maximize,
    ],
    states=[
        State(v, init=0, key="square_avg", domain=NON_NEGATIVE),
        State(u, init=0, key="acc_delta", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(v[t], rho * v[t - 1] + (1 - rho) * gtilde[t] ** 2),
        Update(d[t], sqrt(u[t - 1] + eps) / sqrt(v[t] + eps) * gtilde[t]),
        Update(u[t], rho * u[t - 1] + (1 - rho) * d[t] ** 2),
        Update(theta[t], theta[t - 1] - lr * d[t]),
    ],
)
