"""PAdam: Adam with a power of its denominator, between Adam and SGD."""

from sympy import sqrt

from ..gradients import thetabar
from ..language import POSITIVE, UNIT_CLOSED, Hyper, Update, derived, hyperparameters, t, theta
from .adam import adam as _adam
from .adam import beta1, beta2, eps, lr, m, vtilde

(partial,) = hyperparameters("partial")

padam = derived(
    _adam,
    "PAdam",
    defaults={lr: "0.1"},
    summary="PAdam: Adam with a power of its denominator, between Adam and SGD.",
    source="Chen et al., 2020, arXiv:1806.06763, Algorithm 1, where AMSGrad is on; corrected for "
    "the start as in github.com/uclaml/Padam; not checked against the paper",
    hyper=[
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        "eps",
        Hyper(partial, "0.25", UNIT_CLOSED, "power of the second moment; 1/2 is Adam", latex="p"),
    ],
    updates=[
        Update(
            theta[t],
            thetabar[t]
            - lr
            * sqrt(1 - beta2**t)
            / (1 - beta1**t)
            * m[t]
            / (sqrt(vtilde[t]) + eps) ** (2 * partial),
        )
    ],
)
