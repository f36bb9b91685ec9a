"""SGD-SaI: momentum at a rate of each tensor's own, which its first gradient gives for good.

The rates are as in its authors' package: the norm over the deviation, which of one number is 0, so
that eps alone divides there: a rate of 1e8 times the gradient.
"""

from dataclasses import replace

from sympy import Eq, Max, Piecewise, sqrt

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
    hyperparameters,
    intermediates,
    mean,
    norm,
    numel,
    states,
    t,
    theta,
)

lr, momentum, eps = hyperparameters("lr momentum eps")
gsnr, b = states("gsnr b")
(deviation,) = intermediates("deviation")

sgdsai = Optimizer(
    "SGDSaI",
    summary="SGD-SaI: SGD with rates from first gradients; it blows up on tensors of one element.",
    source="Xu et al., 2024, arXiv:2412.11768, as in sgd_sai 1.0.3; not checked against the paper",
    lineage=["SGD(momentum)"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0.9", UNIT, "decay rate of the average of gradients", latex=r"\mu"),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        replace(weight_decay, default="1e-2"),
        maximize,
    ],
    states=[
        State(gsnr, init=None, key="gsnr", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE, latex="s"),
        State(b, init=None, key="momentum_buffer"),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(deviation[t], norm(g[t] - mean(g[t])) / sqrt(Max(numel - 1, 1))),
        Update(
            gsnr[t],
            Piecewise((norm(g[t]) / (deviation[t] + eps), Eq(t, 1)), (gsnr[t - 1], True)),
        ),
        Update(
            b[t],
            Piecewise((g[t], Eq(t, 1)), (momentum * b[t - 1] + (1 - momentum) * g[t], True)),
        ),
        Update(theta[t], thetabar[t] - lr * gsnr[t] * b[t]),
    ],
)
