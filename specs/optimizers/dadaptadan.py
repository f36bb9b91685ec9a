"""D-Adaptation for Adan: the rate follows from what gradients tell of the distance to go."""

from dataclasses import replace

from sympy import Abs, Eq, Integer, Piecewise, sqrt

from ..families.dadaptation import D0, GROW, GROWTH_RATE, LR, D, d, dlr, lr, quotient
from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    flags,
    global_total,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

beta1, beta2, beta3, eps = hyperparameters("beta1 beta2 beta3 eps")
(no_prox,) = flags("no_prox")
m, v, n, last, s, squares = states("m v n last s squares")
change, ahead, root, size1, apart, u = intermediates("change ahead root size1 apart u")

_LAMBDA = weight_decay.symbol

dadaptadan = Optimizer(
    "DAdaptAdan",
    summary="D-Adaptation for Adan: a rate from an estimate of the distance to the minimum.",
    source="Defazio & Mishchenko, 2023, arXiv:2301.07733, carried over to Xie et al., 2022, "
    "arXiv:2208.06677, as in dadaptation 3.2",
    lineage=["Adan"],
    hyper=[
        LR,
        Hyper(beta1, "0.98", UNIT, "decay rate of the gradient's average", argument="betas"),
        Hyper(beta2, "0.92", UNIT, "decay rate of the average of its changes", argument="betas"),
        Hyper(beta3, "0.99", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        replace(weight_decay, default="0.02"),
        Option(no_prox, "shrink the parameter before the step, as AdamW, not after it"),
        D0,
        GROWTH_RATE,
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_diff"),
        State(n, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(last, init=None, key="pre_grad", latex=r"g^{\mathrm{last}}"),
        State(s, init=0, key="s"),
        D,
        State(
            squares,
            init=0,
            key="gsq_weighted",
            shape=Shape.GLOBAL,
            domain=NON_NEGATIVE,
            latex="q",
        ),
    ],
    updates=[
        ascend_or_descend,
        Update(dlr[t], d[t - 1] * lr),
        Update(last[t], g[t]),
        Update(change[t], Piecewise((Integer(0), Eq(t, 1)), (g[t] - last[t - 1], True))),
        Update(ahead[t], g[t] + beta2 * change[t]),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * dlr[t] * g[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * dlr[t] * change[t]),
        Update(n[t], beta3 * n[t - 1] + (1 - beta3) * ahead[t] ** 2),
        Update(root[t], sqrt(n[t]) + eps),
        Update(
            squares[t],
            beta3 * squares[t - 1] + (1 - beta3) * dlr[t] ** 2 * global_total(g[t] ** 2 / root[t]),
        ),
        Update(s[t], beta3 * s[t - 1] + (1 - beta3) * dlr[t] * g[t]),
        Update(size1[t], global_total(Abs(s[t]))),
        Update(apart[t], global_total(s[t] ** 2 / root[t]) / (1 - beta3) - squares[t]),
        quotient(apart[t], size1[t]),
        GROW,
        Update(u[t], (m[t] + beta2 * v[t]) / root[t]),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1], size1[t] <= 0),
                (theta[t - 1] * (1 - dlr[t] * _LAMBDA) - u[t], no_prox),
                ((theta[t - 1] - u[t]) / (1 + dlr[t] * _LAMBDA), True),
            ),
        ),
    ],
)
