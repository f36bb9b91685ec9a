"""Adan: Nesterov's momentum, estimated from the change of the gradient, in an adaptive rule.

The paper's weights are of what is new, 1 - beta here, and its root takes epsilon in; corrections
for the start, and epsilon beside the root, are those of its authors' code.
"""

from sympy import Eq, Integer, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, beta3, eps = hyperparameters("lr beta1 beta2 beta3 eps")
(no_prox,) = flags("no_prox")
m, v, n, last = states("m v n last")
change, ahead, mhat, vhat, nhat, d = intermediates("change ahead mhat vhat nhat d")

adan = Optimizer(
    "Adan",
    summary="Adan: Adam with Nesterov's momentum, estimated from the change of the gradient.",
    source="Xie et al., 2022, arXiv:2208.06677, Algorithm 1, without restarts",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.98", UNIT, "decay rate of the gradient's average", argument="betas"),
        Hyper(beta2, "0.92", UNIT, "decay rate of the average of its changes", argument="betas"),
        Hyper(beta3, "0.99", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Option(no_prox, "shrink the parameter before the step, as AdamW, not after it"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_diff"),
        State(n, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(last, init=None, key="previous_grad", latex=r"g^{\mathrm{last}}"),
    ],
    updates=[
        ascend_or_descend,
        Update(last[t], g[t]),
        Update(change[t], Piecewise((Integer(0), Eq(t, 1)), (g[t] - last[t - 1], True))),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * change[t]),
        Update(ahead[t], g[t] + beta2 * change[t]),
        Update(n[t], beta3 * n[t - 1] + (1 - beta3) * ahead[t] ** 2),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(nhat[t], n[t] / (1 - beta3**t)),
        Update(d[t], (mhat[t] + beta2 * vhat[t]) / (sqrt(nhat[t]) + eps)),
        Update(
            theta[t],
            Piecewise(
                ((1 - lr * weight_decay.symbol) * theta[t - 1] - lr * d[t], no_prox),
                ((theta[t - 1] - lr * d[t]) / (1 + lr * weight_decay.symbol), True),
            ),
        ),
    ],
)
