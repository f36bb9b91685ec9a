"""PNM: two alternating momenta, one subtracted from the other."""

from sympy import Eq, Mod, Piecewise, sqrt

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

lr, beta1, beta2 = hyperparameters("lr beta1 beta2")
odd, even = states("odd even")
(d,) = intermediates("d")

IS_ODD = Eq(Mod(t, 2), 1)


def average(kept, is_due):
    """A momentum that takes in the gradient in every second step."""
    new = beta1**2 * kept[t - 1] + (1 - beta1**2) * gtilde[t]
    return Update(kept[t], Piecewise((new, is_due), (kept[t - 1], True)))


def apart(beta):
    """The one that has taken the gradient in, less the other, as long as it would be alone."""
    first = Piecewise((odd[t], IS_ODD), (even[t], True))
    second = Piecewise((even[t], IS_ODD), (odd[t], True))
    return ((1 + beta) * first - beta * second) / sqrt((1 + beta) ** 2 + beta**2)


pnm = Optimizer(
    "PNM",
    summary="PNM: two alternating momenta, one subtracted from the other.",
    source="Xie et al., 2021, arXiv:2103.17182, Algorithm 2; not checked against the paper",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "root of the decay rate of each momentum", argument="betas"),
        Hyper(beta2, "1", NON_NEGATIVE, "how much of the other is taken away", argument="betas"),
        weight_decay,
        maximize,
    ],
    states=[State(odd, init=0, key="pos_momentum"), State(even, init=0, key="neg_momentum")],
    updates=[
        ascend_or_descend,
        l2(),
        average(odd, IS_ODD),
        average(even, Eq(Mod(t, 2), 0)),
        Update(d[t], apart(beta2)),
        Update(theta[t], theta[t - 1] - lr * d[t]),
    ],
)
