"""FOCUS: Signum that is drawn, by steps of one size too, to where its parameters have been."""

from sympy import sign

from ..gradients import ascend_or_descend, g, maximize, thetabar, weight_decay
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

lr, beta1, beta2, gamma = hyperparameters("lr beta1 beta2 gamma")
m, average = states("m average")
(centre,) = intermediates("centre")

focus = Optimizer(
    "FOCUS",
    summary="FOCUS: signs of the momentum, and of the way back to an average of the parameters.",
    source="Liu et al., 2025, arXiv:2501.12243, decay first and towards the average as in "
    "pytorch_optimizer; not checked against the paper",
    lineage=["Signum"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "size of a step", latex=r"\eta"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the momentum", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the parameters' average", argument="betas"),
        Hyper(gamma, "0.1", UNIT, "how strongly the average draws"),
        weight_decay,
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(average, init=0, key="pbar", latex=r"\bar\theta"),
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(average[t], beta2 * average[t - 1] + (1 - beta2) * theta[t - 1]),
        Update(centre[t], average[t] / (1 - beta2**t)),
        Update(thetabar[t], theta[t - 1] - lr * weight_decay.symbol * centre[t]),
        Update(
            theta[t],
            thetabar[t] - lr * (sign(m[t]) + gamma * sign(thetabar[t] - centre[t])),
        ),
    ],
)
