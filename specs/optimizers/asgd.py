"""ASGD: gradient descent at a decaying rate, and the average of the points it passes."""

from sympy import Max

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    REAL,
    UNIT_CLOSED,
    Hyper,
    Optimizer,
    Output,
    Shape,
    State,
    Update,
    hyperparameters,
    states,
    t,
    theta,
)

lr, lambd, alpha, t0 = hyperparameters("lr lambd alpha t0")
ax, eta, mu = states("ax eta mu")

asgd = Optimizer(
    "ASGD",
    summary="Averaged SGD: SGD at a decaying rate, and an average of the parameters.",
    source="Polyak & Juditsky, 1992, Acceleration of stochastic approximation by averaging",
    peer="torch.optim.ASGD",
    positional=["foreach", "maximize", "differentiable", "capturable"],
    lineage=["SGD"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(lambd, "1e-4", NON_NEGATIVE, "decay of the parameter", latex=r"\kappa"),
        Hyper(alpha, "0.75", REAL, "power by which the rate decays", latex=r"\alpha"),
        Hyper(t0, "1e6", REAL, "step from which on the parameters are averaged", latex="t_0"),
        weight_decay,
        maximize,
    ],
    states=[
        State(ax, init=0, key="ax", latex=r"\bar{\theta}"),
        State(eta, init=lr, key="eta", shape=Shape.SCALAR, domain=NON_NEGATIVE, latex=r"\eta"),
        State(mu, init=1, key="mu", shape=Shape.SCALAR, domain=UNIT_CLOSED, latex=r"\mu"),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(theta[t], theta[t - 1] * (1 - lambd * eta[t - 1]) - eta[t - 1] * gtilde[t]),
        Update(ax[t], (1 - mu[t - 1]) * ax[t - 1] + mu[t - 1] * theta[t]),
        Update(eta[t], lr / (1 + lambd * lr * t) ** alpha),
        Update(mu[t], 1 / Max(1, t - t0)),
    ],
    outputs=[Output("averaged", ax[t], "the average of the parameters, to evaluate and to save")],
)
