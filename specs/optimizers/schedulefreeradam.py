"""ScheduleFreeRAdam: the average of RAdam's steps, whose rate needs no warm-up.

While the second moment says nothing yet there are no steps, or, if one wants, those of SGD.
"""

from sympy import Piecewise, sqrt

from ..gradients import g, weight_decay
from ..language import Option, Update, derived, flags, intermediates, t, theta
from .radam import RECTIFIED, RHO_INF, rho
from .schedulefreeadamw import beta2, d, eps, lr, rate, schedule_free_adamw, v

(silent_sgd_phase,) = flags("silent_sgd_phase")
rectified, scaled = intermediates("rectified scaled")

schedulefreeradam = derived(
    schedule_free_adamw,
    "ScheduleFreeRAdam",
    summary="Schedule-free RAdam: an average of its iterates, with neither schedule nor warm-up.",
    source="Defazio et al., 2024, arXiv:2405.15682, Algorithm 1 on Liu et al., 2020, "
    "arXiv:1908.03265, as in schedulefree",
    hyper=[Option(silent_sgd_phase, "take no steps before there is a second moment", default=True)],
    updates=[
        Update(rho[t], RHO_INF - 2 * t * beta2**t / (1 - beta2**t)),
        Update(
            rectified[t],
            Piecewise((RECTIFIED, rho[t] > 4), (0, silent_sgd_phase), (1, True)),
        ),
        Update(rate[t], lr * rectified[t]),
        Update(
            scaled[t],
            Piecewise((g[t] / (sqrt(v[t] / (1 - beta2**t)) + eps), rho[t] > 4), (g[t], True)),
        ),
        Update(d[t], scaled[t] + weight_decay.symbol * theta[t - 1]),
    ],
)
