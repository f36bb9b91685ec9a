"""Adai: momentum with an inertia of each element's own, less where its second moment is large.

One is large beside the mean over all elements of all parameters.
"""

from fractions import Fraction

from sympy import Max, Rational

from ..gradients import (
    ascend_or_descend,
    decay_parameter,
    gtilde,
    l2,
    maximize,
    thetabar,
    weight_decay,
)
from ..language import (
    NON_NEGATIVE,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Interval,
    Optimizer,
    Option,
    State,
    Update,
    clip,
    flags,
    global_total,
    hyperparameters,
    intermediates,
    numel,
    states,
    t,
    theta,
)

lr, beta0, beta2, eps = hyperparameters("lr beta0 beta2 eps")
(decoupled,) = flags("decoupled")
m, v, product = states("m v product")
vhat, common, inertia, mhat = intermediates("vhat common inertia mhat")

_LEAST = Rational(1, 10**30)
"""What is divided by where all gradients were 0."""


adai = Optimizer(
    "Adai",
    summary="Adai: momentum whose inertia adapts to each element, and whose rate does not.",
    source="Xie et al., 2022, arXiv:2006.15815, Algorithm 2",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(
            beta0,
            "0.1",
            UNIT,
            "weight of a new gradient where the second moment is the mean one",
            argument="betas",
        ),
        Hyper(beta2, "0.99", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(
            eps,
            "1e-3",
            Interval(low=Fraction(1, 10**6), high=Fraction(1)),
            "least share of a new gradient",
            latex=r"\epsilon",
        ),
        weight_decay,
        Option(decoupled, "shrink the parameter, as AdamW, in place of an L2 term"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(product, init=1, key="beta1_prod", domain=UNIT_CLOSED, latex=r"\Pi"),
    ],
    updates=[
        ascend_or_descend,
        l2(unless=decoupled),
        decay_parameter(lr, when=decoupled),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(common[t], Max(global_total(vhat[t]) / global_total(numel), _LEAST)),
        Update(inertia[t], clip(1 - beta0 * vhat[t] / common[t], 0, 1 - eps)),
        Update(m[t], inertia[t] * m[t - 1] + (1 - inertia[t]) * gtilde[t]),
        Update(product[t], product[t - 1] * inertia[t]),
        Update(mhat[t], m[t] / (1 - product[t])),
        Update(theta[t], thetabar[t] - lr * mhat[t]),
    ],
)
