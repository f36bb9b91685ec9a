"""D-Adaptation for SGD: gradients are summed up, at rates that grow with the distance known.

The first gradient's norm is the unit that gradients are measured in.
"""

from sympy import Piecewise

from ..families.dadaptation import D0, GROW, GROWTH_RATE, LR, D, d, lr, quotient
from ..gradients import ascend_or_descend, g, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    global_norm,
    global_total,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

(momentum,) = hyperparameters("momentum")
s, x0, num, g0 = states("s x0 num g0")
rate, length, z = intermediates("rate length z")

dadaptsgd = Optimizer(
    "DAdaptSGD",
    summary="D-Adaptation for SGD: a rate from an estimate of the distance to the minimum.",
    source="Defazio & Mishchenko, 2023, arXiv:2301.07733, Algorithm 4, as in dadaptation 3.2",
    lineage=["SGD"],
    hyper=[
        LR,
        Hyper(momentum, "0", UNIT, "momentum factor", latex=r"\mu"),
        weight_decay,
        D0,
        GROWTH_RATE,
        maximize,
    ],
    states=[
        State(s, init=0, key="s"),
        State(x0, init=theta[0], key="x0", latex=r"\theta_0"),
        D,
        State(num, init=0, key="numerator_weighted", shape=Shape.GLOBAL, latex="r"),
        State(
            g0,
            init=0,
            key="g0_norm",
            shape=Shape.GLOBAL,
            domain=NON_NEGATIVE,
            latex=r"\lVert g_0\rVert",
        ),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(
            g0[t],
            Piecewise((g0[t - 1], g0[t - 1] > 0), (global_norm(g[t]), True)),
        ),
        Update(rate[t], Piecewise((d[t - 1] * lr / g0[t], g0[t] > 0), (0, True))),
        Update(num[t], num[t - 1] + rate[t] * global_total(gtilde[t] * s[t - 1])),
        Update(s[t], s[t - 1] + rate[t] * gtilde[t]),
        Update(x0[t], x0[t - 1]),
        Update(length[t], global_norm(s[t])),
        quotient(2 * num[t], length[t]),
        GROW,
        Update(z[t], x0[t - 1] - s[t]),
        Update(
            theta[t],
            Piecewise(
                (momentum * theta[t - 1] + (1 - momentum) * z[t], length[t] > 0),
                (theta[t - 1], True),
            ),
        ),
    ],
)
