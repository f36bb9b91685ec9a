"""KATE: Adagrad without its root, so that steps follow no feature's scale.

Beside the sum of squared gradients it adds up what each of them was of that sum at the time.
"""

from sympy import sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
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

lr, eta, eps = hyperparameters("lr eta eps")
b, m = states("b m")
(total,) = intermediates("total")

kate = Optimizer(
    "Kate",
    summary="KATE: Adagrad that divides by a sum of squares itself, and not by its root.",
    source="Choudhury et al., 2024, arXiv:2403.02648, Algorithm 1, epsilon as in its authors' "
    "code; not checked against the paper",
    lineage=["Adagrad"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\beta"),
        Hyper(eta, "0.9", NON_NEGATIVE, "weight of squared gradients in what steps grow with"),
        weight_decay,
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(b, init=0, key="b", domain=NON_NEGATIVE),
        State(m, init=0, key="m", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(b[t], b[t - 1] + g[t] ** 2),
        Update(total[t], b[t] + eps),
        Update(m[t], m[t - 1] + eta * g[t] ** 2 + g[t] ** 2 / total[t]),
        Update(theta[t], thetabar[t] - lr * sqrt(m[t]) * g[t] / total[t]),
    ],
)
