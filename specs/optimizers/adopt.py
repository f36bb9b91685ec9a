"""ADOPT: Adam divided by the second moment of before, and averaged after that."""

from sympy import Eq, Max, Piecewise, sqrt

from ..gradients import gtilde, thetabar
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Update,
    clip,
    derived,
    hyperparameters,
    intermediates,
    t,
    theta,
)
from .adam import adam as _adam
from .adam import beta1, beta2, eps, lr, m, v

(clip_exp,) = hyperparameters("clip_exp")
scaled, limit = intermediates("scaled limit")

adopt = derived(
    _adam,
    "ADOPT",
    options={"amsgrad": False},
    defaults={beta2: "0.9999"},
    summary="ADOPT: Adam whose gradients are scaled by earlier ones, clipped, and then averaged.",
    source="Taniguchi et al., 2024, arXiv:2411.02853, Algorithm 2, as in "
    "github.com/iShohei220/adopt: the first step only begins; not checked against the paper",
    hyper=[
        Hyper(eps, "1e-6", POSITIVE, "least value of the denominator", latex=r"\epsilon"),
        Hyper(
            clip_exp,
            "0.25",
            NON_NEGATIVE,
            "power of the number of steps at which gradients are clipped",
            latex="p",
        ),
    ],
    updates=[
        Update(limit[t], Piecewise(((t - 1) ** clip_exp, t > 1), (0, True))),
        Update(scaled[t], clip(gtilde[t] / Max(sqrt(v[t - 1]), eps), -limit[t], limit[t])),
        Update(
            m[t],
            Piecewise((m[t - 1], Eq(t, 1)), (beta1 * m[t - 1] + (1 - beta1) * scaled[t], True)),
        ),
        Update(
            v[t],
            Piecewise(
                (gtilde[t] ** 2, Eq(t, 1)),
                (beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2, True),
            ),
        ),
        Update(theta[t], Piecewise((theta[t - 1], Eq(t, 1)), (thetabar[t] - lr * m[t], True))),
    ],
)
