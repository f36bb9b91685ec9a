"""AvaGrad: Adam whose rates are those of the gradients before, in proportion to their mean square.

The mean is over all parameters, and a step is in proportion to the one before it, as in its
authors' code; so the first step is none. The paper takes each step's own, without corrections for
the start.
"""

from sympy import Eq, Piecewise, sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    global_total,
    hyperparameters,
    intermediates,
    numel,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v, gamma = states("m v gamma")
root, following, squares, mhat = intermediates("root following squares mhat")

avagrad = Optimizer(
    "AvaGrad",
    summary="AvaGrad: AdamW with rates from earlier gradients, normalised to a common size.",
    source="Savarese et al., 2021, arXiv:1912.01823, Algorithm 2, as in its authors' code",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "0.1", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        weight_decay,
        Hyper(eps, "0.1", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(gamma, init=0, key="gamma", shape=Shape.GLOBAL, domain=NON_NEGATIVE, latex=r"\gamma"),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(root[t], sqrt(v[t - 1])),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(following[t], 1 / (root[t] / sqrt(1 - beta2**t) + eps)),
        Update(squares[t], global_total(following[t] ** 2)),
        Update(
            gamma[t],
            Piecewise((sqrt(global_total(numel) / squares[t]), squares[t] > 0), (0, True)),
        ),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(
            theta[t],
            Piecewise(
                (thetabar[t], Eq(t, 1)),
                (
                    thetabar[t]
                    - lr * gamma[t - 1] * (mhat[t] / (root[t] / sqrt(1 - beta2 ** (t - 1)) + eps)),
                    True,
                ),
            ),
        ),
    ],
)
