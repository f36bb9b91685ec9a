"""D-Adaptation for Adam: the rate follows from what gradients tell of the distance to go.

The steps of a gradient are measured by the second moment before it, as in its authors' code.
"""

from sympy import Abs, Piecewise, sqrt

from ..families.dadaptation import D0, GROW, GROWTH_RATE, LR, D, d, dlr, lr, quotient
from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
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

beta1, beta2, eps = hyperparameters("beta1 beta2 eps")
decouple, use_bias_correction = flags("decouple use_bias_correction")
m, v, s, num = states("m v s num")
thetabar, apart, size1, moved = intermediates("thetabar apart size1 moved")

_ROOT = sqrt(beta2)
_LAMBDA = weight_decay.symbol

dadaptadam = Optimizer(
    "DAdaptAdam",
    summary="D-Adaptation for Adam: a rate from an estimate of the distance to the minimum.",
    source="Defazio & Mishchenko, 2023, arXiv:2301.07733, Algorithm 5, as in dadaptation 3.2",
    lineage=["Adam"],
    hyper=[
        LR,
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Option(decouple, "shrink the parameter, as AdamW, in place of an L2 term"),
        Option(use_bias_correction, "correct the bias of the moments, as Adam"),
        D0,
        GROWTH_RATE,
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(s, init=0, key="s"),
        D,
        State(num, init=0, key="numerator_weighted", shape=Shape.GLOBAL, latex="r"),
    ],
    updates=[
        ascend_or_descend,
        l2(unless=decouple),
        Update(
            dlr[t],
            d[t - 1]
            * lr
            * Piecewise((sqrt(1 - beta2**t) / (1 - beta1**t), use_bias_correction), (1, True)),
        ),
        Update(apart[t], dlr[t] * global_total(gtilde[t] * s[t - 1] / (sqrt(v[t - 1]) + eps))),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * dlr[t] * gtilde[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2),
        Update(s[t], _ROOT * s[t - 1] + (1 - _ROOT) * dlr[t] * gtilde[t]),
        Update(size1[t], global_total(Abs(s[t]))),
        Update(num[t], _ROOT * num[t - 1] + (1 - _ROOT) * apart[t]),
        quotient(num[t], (1 - _ROOT) * size1[t]),
        GROW,
        Update(moved[t], Piecewise((dlr[t], size1[t] > 0), (0, True))),
        Update(
            thetabar[t],
            Piecewise((theta[t - 1] * (1 - moved[t] * _LAMBDA), decouple), (theta[t - 1], True)),
        ),
        Update(
            theta[t],
            Piecewise(
                (thetabar[t] - m[t] / (sqrt(v[t]) + eps), size1[t] > 0), (theta[t - 1], True)
            ),
        ),
    ],
)
