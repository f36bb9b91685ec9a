"""BCOS: momentum divided by its own size, as this follows from the momentum before.

What the square of the momentum is to be expected to be once a gradient has come in is told by the
momentum and the gradient alone, so that no second moment is kept.
"""

from dataclasses import replace

from sympy import Eq, Piecewise, sqrt

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

lr, beta, beta2, eps = hyperparameters("lr beta beta2 eps")
(m,) = states("m")
before, v = intermediates("before v")

bcos = Optimizer(
    "BCOS",
    summary="BCOS: momentum over its size, which is told without a second moment.",
    source="Jiang & Xiao, 2025, arXiv:2507.08963, with the conditional estimator, as in its "
    "authors' code; not checked against the paper",
    lineage=["AdamW"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta, "0.9", UNIT, "decay rate of the momentum"),
        Hyper(
            beta2,
            "0.99",
            UNIT,
            "weight of the momentum's square beside the gradient's",
            derived=1 - (1 - beta) ** 2,
        ),
        replace(weight_decay, default="0.1"),
        Hyper(eps, "1e-6", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[State(m, init=None, key="m")],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(before[t], Piecewise((g[t], Eq(t, 1)), (m[t - 1], True))),
        Update(v[t], beta2 * before[t] ** 2 + (1 - beta2) * g[t] ** 2),
        Update(m[t], beta * before[t] + (1 - beta) * g[t]),
        Update(theta[t], thetabar[t] - lr * m[t] / (sqrt(v[t]) + eps)),
    ],
)
