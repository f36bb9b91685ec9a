"""SignSGD: steps of one size along the gradient's sign; with momentum, Signum."""

from sympy import Eq, Ne, Piecewise, sign

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
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

lr, momentum = hyperparameters("lr momentum")
(m,) = states("m")
(d,) = intermediates("d")

signsgd = Optimizer(
    "SignSGD",
    summary="SignSGD: steps of equal size, by the sign of the gradient.",
    source="Bernstein et al., 2018, arXiv:1802.04434, Algorithm 1; with momentum: Algorithm 2; not "
    "checked against the paper",
    step_key="",
    lineage=["SGD"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0", UNIT, "momentum factor", latex=r"\mu"),
        weight_decay,
        maximize,
    ],
    states=[State(m, init=0, key="momentum_buffer", when=Ne(momentum, 0))],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(m[t], momentum * m[t - 1] + (1 - momentum) * g[t]),
        Update(d[t], Piecewise((g[t], Eq(momentum, 0)), (m[t], True))),
        Update(theta[t], thetabar[t] - lr * sign(d[t])),
    ],
)
