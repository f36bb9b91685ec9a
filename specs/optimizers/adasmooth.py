"""AdaSmooth: RMSprop that averages over fewer gradients the straighter its way has been.

How straight that was is told for each element, as in the paper, from all its steps so far, where
the paper takes those of a window. Before the first it is taken to be straight.
"""

from sympy import Abs, Min, Piecewise, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
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
    lerp,
    states,
    t,
    theta,
)

lr, rho1, rho2, eps = hyperparameters("lr rho1 rho2 eps")
way, path, v = states("way path v")
straight, share, d = intermediates("straight share d")

adasmooth = Optimizer(
    "AdaSmooth",
    summary="AdaSmooth: RMSprop that averages over fewer steps where steps keep their direction.",
    source="Lu, 2022, arXiv:2204.00825, Algorithm 1, over all steps in place of a window; not "
    "checked against the paper",
    lineage=["RMSprop"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(rho1, "0.5", UNIT, "decay rate where steps go one way", argument="betas"),
        Hyper(rho2, "0.99", UNIT, "decay rate where they go to and fro", argument="betas"),
        Hyper(eps, "1e-6", POSITIVE, "term added under the root", latex=r"\epsilon"),
        weight_decay,
        maximize,
    ],
    states=[
        State(way, init=0, key="s", latex="s"),
        State(path, init=0, key="n", domain=NON_NEGATIVE, latex="n"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(
            straight[t],
            Piecewise((Min(Abs(way[t - 1]) / path[t - 1], 1), path[t - 1] > 0), (1, True)),
        ),
        Update(share[t], lerp(1 - rho2, 1 - rho1, straight[t]) ** 2),
        Update(v[t], (1 - share[t]) * v[t - 1] + share[t] * gtilde[t] ** 2),
        Update(d[t], lr * gtilde[t] / sqrt(v[t] + eps)),
        Update(way[t], way[t - 1] - d[t]),
        Update(path[t], path[t - 1] + Abs(d[t])),
        Update(theta[t], theta[t - 1] - d[t]),
    ],
)
