"""COCOB: bets on the gradients' signs, with a fortune of its own for each element, and no rate."""

from sympy import Abs, Max

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    states,
    t,
    theta,
)

alpha, eps = hyperparameters("alpha eps")
start, total, scale, sizes, reward = states("start total scale sizes reward")

cocob = Optimizer(
    "COCOB",
    summary="COCOB: coin betting on the signs of gradients, without a learning rate.",
    source="Orabona & Tommasi, 2017, arXiv:1705.07795, Algorithm 2, the scale from epsilon on as "
    "in optax; not checked against the paper",
    step_key="",
    lineage=["SGD"],
    hyper=[
        Hyper(alpha, "100", POSITIVE, "how slowly the bets begin", latex=r"\alpha"),
        Hyper(eps, "1e-8", POSITIVE, "least scale of the gradients", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(start, init=theta[0], key="init_particles", latex=r"\theta^{\mathrm{init}}"),
        State(total, init=0, key="cumulative_gradients"),
        State(scale, init=eps, key="scale", domain=POSITIVE, latex="L"),
        State(sizes, init=0, key="subgradients", domain=NON_NEGATIVE, latex="G"),
        State(reward, init=0, key="reward", domain=NON_NEGATIVE, latex="R"),
    ],
    updates=[
        ascend_or_descend,
        Update(start[t], start[t - 1]),
        Update(scale[t], Max(scale[t - 1], Abs(g[t]))),
        Update(sizes[t], sizes[t - 1] + Abs(g[t])),
        Update(reward[t], Max(reward[t - 1] - g[t] * (theta[t - 1] - start[t - 1]), 0)),
        Update(total[t], total[t - 1] - g[t]),
        Update(
            theta[t],
            start[t - 1]
            + total[t]
            / (scale[t] * Max(sizes[t] + scale[t], alpha * scale[t]))
            * (scale[t] + reward[t]),
        ),
    ],
)
