"""SimplifiedAdEMAMix: Adam with a sum for its momentum, and the gradient beside it."""

from sympy import sqrt

from ..gradients import g, thetabar
from ..language import NON_NEGATIVE, Hyper, Update, derived, hyperparameters, t, theta
from .adam import beta1, eps, lr, m, vhat
from .adamw import adamw as _adamw

(alpha,) = hyperparameters("alpha")

simplifiedademamix = derived(
    _adamw,
    "SimplifiedAdEMAMix",
    options={"amsgrad": False},
    defaults={lr: "1e-4", "beta1": "0.99", "beta2": "0.95", "weight_decay": "0"},
    summary="SimplifiedAdEMAMix: AdamW whose momentum is a sum, with the gradient added.",
    source="Morwani et al., 2025, arXiv:2502.02431, Algorithm 1, without a warm-up of beta1; not "
    "checked against the paper",
    hyper=[
        "beta2",
        Hyper(alpha, "0", NON_NEGATIVE, "weight of the gradient beside the sum", latex=r"\alpha"),
    ],
    updates=[
        Update(m[t], beta1 * m[t - 1] + g[t]),
        Update(theta[t], thetabar[t] - lr * (m[t] + alpha * g[t]) / (sqrt(vhat[t]) + eps)),
    ],
)
