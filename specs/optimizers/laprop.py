"""LaProp: Adam that averages gradients after they are scaled."""

from sympy import sqrt

from ..gradients import gtilde, thetabar
from ..language import Update, derived, t, theta
from .adam import adam as _adam
from .adam import beta1, eps, lr, m, mhat, vhat

laprop = derived(
    _adam,
    "LaProp",
    defaults={lr: "4e-4", eps: "1e-15"},
    summary="LaProp: Adam that scales gradients before averaging them.",
    source="Ziyin et al., 2020, arXiv:2002.04839, Algorithm 1; not checked against the paper",
    updates=[
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * gtilde[t] / (sqrt(vhat[t]) + eps)),
        Update(theta[t], thetabar[t] - lr * mhat[t]),
    ],
)
