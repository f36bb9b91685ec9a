"""PolarGrad: Muon whose steps are as long as the momentum, by the sum of its singular values.

The polar factor is found by the rounds of Newton and Schulz that :mod:`.muon` has, with
coefficients under which they converge to it.
"""

from ..gradients import thetabar
from ..language import Update, cols, derived, intermediates, rows, t, theta, total
from .muon import coefficients, lr, o, u
from .muon import muon as _muon

(nuclear,) = intermediates("nuclear")

polargrad = derived(
    _muon,
    "PolarGrad",
    summary="PolarGrad: the polar factor of the momentum, times the sum of its singular values.",
    source="Lau, Long & Su, 2025, arXiv:2505.21799, Algorithm 1, with rounds of Newton and Schulz; "
    "not checked against the paper",
    hyper=coefficients("1.875", "-1.25", "0.375"),
    defaults={"lr": "1e-2", "weight_decay": "0", "ns_steps": "12"},
    updates=[
        Update(nuclear[t], total(u[t] * o[t], over=(rows, cols))),
        Update(theta[t], thetabar[t] - lr * nuclear[t] * o[t]),
    ],
)
