"""SGDW: SGD with its weight decay decoupled from the gradient."""

from ..gradients import g, gtilde, weight_decay
from ..language import Update, derived, t, theta
from .sgd import d, lr
from .sgd import sgd as _sgd

sgdw = derived(
    _sgd,
    "SGDW",
    summary="SGDW: SGD with decoupled weight decay.",
    source="Loshchilov & Hutter, 2019, arXiv:1711.05101, Algorithm 1, the decay times the learning "
    "rate",
    updates=[
        Update(gtilde[t], g[t]),
        Update(theta[t], theta[t - 1] * (1 - lr * weight_decay.symbol) - lr * d[t]),
    ],
)
