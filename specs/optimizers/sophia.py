"""Sophia: momentum over an estimate of the Hessian's diagonal, held between bounds.

The estimate is handed to the step, every ``update_period`` steps: of Gauss, Newton and Bartlett,
the squared gradient of a loss of labels that are drawn, times the number of examples (Sophia-G), or
of Hutchinson, a random vector times what the Hessian makes of it (Sophia-H). Its authors' code has
the number of examples as an argument, and no least denominator but 1e-15 beside it.
"""

from dataclasses import replace

from sympy import Eq, Max, Mod, Piecewise

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Input,
    Optimizer,
    Source,
    State,
    Update,
    clip,
    counts,
    hyperparameters,
    inputs,
    states,
    t,
    theta,
)

lr, beta1, beta2, rho, eps = hyperparameters("lr beta1 beta2 rho eps")
(update_period,) = counts("update_period")
(hessian,) = inputs("hessian")
m, h = states("m h")

_DUE = Eq(Mod(t - 1, update_period), 0)

sophia = Optimizer(
    "Sophia",
    summary="Sophia: momentum over the Hessian's diagonal, with each element's step clipped.",
    source="Liu et al., 2023, arXiv:2305.14342, Algorithm 3",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1e-4", NON_NEGATIVE, "learning rate, the largest step", latex=r"\eta"),
        Hyper(beta1, "0.965", UNIT, "decay rate of the gradient's average", argument="betas"),
        Hyper(beta2, "0.99", UNIT, "decay rate of the estimates' average", argument="betas"),
        Hyper(rho, "0.04", NON_NEGATIVE, "factor of that average", latex=r"\gamma"),
        replace(weight_decay, default="0.1"),
        Hyper(update_period, "10", AT_LEAST_ONE, "steps from one estimate to the next", latex="k"),
        Hyper(eps, "1e-12", POSITIVE, "least denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(h, init=0, key="hessian"),
    ],
    inputs=[
        Input(
            hessian,
            Source.ELEMENTS,
            "an estimate of the Hessian's diagonal",
            when=_DUE,
            latex=r"\hat{h}",
        )
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(
            h[t],
            Piecewise((beta2 * h[t - 1] + (1 - beta2) * hessian[t], _DUE), (h[t - 1], True)),
        ),
        Update(theta[t], thetabar[t] - lr * clip(m[t] / Max(rho * h[t], eps), -1, 1)),
    ],
)
