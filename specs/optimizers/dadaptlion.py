"""D-Adaptation for Lion: the rate follows from what its signs tell of the distance to go."""

from sympy import Abs, Max, sign, sqrt

from ..families.dadaptation import D0, LR, D, d, dhat, dlr, lr, quotient
from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    global_total,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

beta1, beta2 = hyperparameters("beta1 beta2")
m, s, num = states("m s num")
u, size1 = intermediates("u size1")

_ROOT = sqrt(beta2)

dadaptlion = Optimizer(
    "DAdaptLion",
    summary="D-Adaptation for Lion: a rate from an estimate of the distance to the minimum.",
    source="Defazio & Mishchenko, 2023, arXiv:2301.07733, carried over to Chen et al., 2023, "
    "arXiv:2302.06675, as in dadaptation 3.2",
    lineage=["Lion"],
    step_key="",
    hyper=[
        LR,
        Hyper(beta1, "0.9", UNIT, "share of the average in a step", argument="betas"),
        Hyper(beta2, "0.99", UNIT, "decay rate of the average", argument="betas"),
        weight_decay,
        D0,
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(s, init=0, key="s"),
        D,
        State(num, init=0, key="numerator_weighted", shape=Shape.GLOBAL, latex="r"),
    ],
    updates=[
        ascend_or_descend,
        Update(dlr[t], d[t - 1] * lr),
        decay_parameter(dlr[t]),
        Update(u[t], sign(beta1 * m[t - 1] + (1 - beta1) * g[t])),
        Update(theta[t], thetabar[t] - dlr[t] * u[t]),
        Update(m[t], beta2 * m[t - 1] + (1 - beta2) * dlr[t] * g[t]),
        Update(
            num[t],
            _ROOT * num[t - 1] + (1 - _ROOT) * dlr[t] * global_total(u[t] * s[t - 1]),
        ),
        Update(s[t], _ROOT * s[t - 1] + (1 - _ROOT) * dlr[t] * u[t]),
        Update(size1[t], global_total(Abs(s[t]))),
        quotient(num[t], (1 - _ROOT) * size1[t]),
        Update(d[t], Max(d[t - 1], dhat[t])),
    ],
)
