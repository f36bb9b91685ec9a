"""SWATS: Adam, until what SGD would need to take its steps settles; from then on SGD.

The switch is one for all parameters, as the paper has one vector of them.
"""

from sympy import Abs, And, Integer, Ne, Piecewise, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
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

lr, beta1, beta2, eps, tolerance = hyperparameters("lr beta1 beta2 eps tolerance")
m, v, b, average, settled = states("m v b average settled")
d, pg, pp, needed, usual = intermediates("d pg pp needed usual")

_SGD = settled[t - 1] > 0

swats = Optimizer(
    "SWATS",
    summary="SWATS: Adam that switches to SGD, at a rate that it estimates.",
    source="Keskar & Socher, 2017, arXiv:1712.07628, Algorithm 1; not checked against the paper",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate of Adam", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-9", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        Hyper(
            tolerance,
            "1e-9",
            NON_NEGATIVE,
            "how near to its average the rate of SGD is where it has settled",
            latex=r"\delta",
        ),
        weight_decay,
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(b, init=0, key="momentum_buffer"),
        State(average, init=0, key="exp_avg2", shape=Shape.GLOBAL, latex=r"\lambda"),
        State(
            settled,
            init=0,
            key="sgd_lr",
            shape=Shape.GLOBAL,
            domain=NON_NEGATIVE,
            latex=r"\Lambda",
        ),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * gtilde[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2),
        Update(d[t], lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m[t] / (sqrt(v[t]) + eps)),
        Update(pg[t], global_total(d[t] * gtilde[t])),
        Update(pp[t], global_total(d[t] ** 2)),
        Update(needed[t], Piecewise((pp[t] / pg[t], Ne(pg[t], 0)), (0, True))),
        Update(
            average[t],
            Piecewise(
                (average[t - 1], _SGD),
                (beta2 * average[t - 1] + (1 - beta2) * needed[t], Ne(pg[t], 0)),
                (average[t - 1], True),
            ),
        ),
        Update(usual[t], average[t] / (1 - beta2**t)),
        Update(
            settled[t],
            Piecewise(
                (settled[t - 1], _SGD),
                (usual[t], And(t > 1, usual[t] > 0, Abs(usual[t] - needed[t]) < tolerance)),
                (0, True),
            ),
        ),
        Update(b[t], Piecewise((beta1 * b[t - 1] + gtilde[t], _SGD), (Integer(0), True))),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1] - (1 - beta1) * settled[t - 1] * b[t], _SGD),
                (theta[t - 1] - d[t], True),
            ),
        ),
    ],
)
