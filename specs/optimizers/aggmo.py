"""AggMo: the mean of three momenta with different decay rates."""

from sympy import Rational

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    states,
    t,
    theta,
)

lr, *betas = hyperparameters("lr beta1 beta2 beta3")
momenta = states("b1 b2 b3")
_DEFAULTS = ("0", "0.9", "0.99")
_WHICH = ("first", "second", "third")

aggmo = Optimizer(
    "AggMo",
    summary="AggMo: the mean of three momenta with different decay rates.",
    source="Lucas et al., 2019, arXiv:1804.00325, eq. 3, of three momenta; not checked against the "
    "paper",
    step_key="",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        *(
            Hyper(beta, default, UNIT, f"decay rate of the {which} momentum", argument="betas")
            for beta, default, which in zip(betas, _DEFAULTS, _WHICH, strict=True)
        ),
        weight_decay,
        maximize,
    ],
    states=[State(b, init=0, key=f"momentum_buffer_{k}") for k, b in enumerate(momenta, start=1)],
    updates=[
        ascend_or_descend,
        l2(),
        *(
            Update(b[t], beta * b[t - 1] + gtilde[t])
            for b, beta in zip(momenta, betas, strict=True)
        ),
        Update(theta[t], theta[t - 1] - lr * Rational(1, 3) * sum(b[t] for b in momenta)),
    ],
)
