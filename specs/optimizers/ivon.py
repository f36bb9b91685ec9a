"""IVON: a step along the mean of a Gaussian over weights, whose width it learns as it goes.

The gradient is taken at a weight drawn from that Gaussian; what it has to do with how far that lies
from the mean says how curved the loss is, without a derivative more. The parameter is the mean.
One weight is drawn for each step, and the average over the data is of the loss that the closure
gives.
"""

from sympy import sqrt

from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Input,
    Max,
    Optimizer,
    Source,
    State,
    Update,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    states,
    t,
    theta,
)

lr, ess, hess_init, beta1, beta2, weight_decay = hyperparameters(
    "lr ess hess_init beta1 beta2 weight_decay"
)
m, h = states("m h")
xi, gs = inputs("xi gs")
width, seen, curved, grown, mhat = intermediates("width seen curved grown mhat")

ivon = Optimizer(
    "IVON",
    summary="IVON: the mean of a Gaussian over weights, stepped by gradients at weights from it.",
    source="Shen et al., 2024, arXiv:2402.17641, Algorithm 1, without rescaling of the rate; not "
    "checked against the paper",
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "0.1", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(ess, "1e4", POSITIVE, "effective number of examples", latex=r"\lambda"),
        Hyper(hess_init, "1", POSITIVE, "first estimate of the Hessian's diagonal", latex="h_0"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment"),
        Hyper(beta2, "0.99999", UNIT, "decay rate of the Hessian's diagonal"),
        Hyper(weight_decay, "1e-4", POSITIVE, "strength of the prior", latex=r"\delta"),
    ],
    inputs=[
        Input(xi, Source.NORMAL, "which weight is drawn", latex=r"\xi"),
        Input(gs, Source.GRADIENT, "the gradient at the weight that is drawn", latex=r"\hat{g}"),
    ],
    states=[
        State(m, init=0, key="momentum"),
        State(h, init=hess_init, key="hess", domain=NON_NEGATIVE),
    ],
    updates=[
        Update(width[t], 1 / sqrt(ess * (h[t - 1] + weight_decay))),
        Update(gs[t], grad(theta[t - 1] + width[t] * xi[t])),
        Update(curved[t], gs[t] * xi[t] / width[t]),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * gs[t]),
        Update(
            grown[t],
            beta2 * h[t - 1]
            + (1 - beta2) * curved[t]
            + (1 - beta2) ** 2 * (h[t - 1] - curved[t]) ** 2 / (2 * (h[t - 1] + weight_decay)),
        ),
        Update(h[t], Max(grown[t], 0)),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(
            theta[t],
            theta[t - 1] - lr * (mhat[t] + weight_decay * theta[t - 1]) / (h[t] + weight_decay),
        ),
    ],
)
