"""AdEMAMix: AdamW with a second, slow average of gradients beside its momentum."""

from fractions import Fraction

from sympy import Max, Min, Piecewise, Rational, exp, log, sqrt

from ..gradients import g, thetabar
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Interval,
    State,
    Update,
    counts,
    derived,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from .adam import beta1, eps, lr, mhat, vhat
from .adamw import adamw as _adamw

beta3, alpha = hyperparameters("beta3 alpha")
beta3_warmup, alpha_warmup = counts("beta3_warmup alpha_warmup")
(slow,) = states("slow")
share, length, decay, mix = intermediates("share length decay mix")

_OPEN_UNIT = Interval(Fraction(0), Fraction(1), low_open=True, high_open=True)
_SHORTEST = Rational(1, 1000)
"""Of an average; that of a decay rate of 1e-300 is longer."""

ademamix = derived(
    _adamw,
    "AdEMAMix",
    options={"amsgrad": False},
    defaults={"weight_decay": "0"},
    summary="AdEMAMix: AdamW with a slow average of gradients beside its momentum.",
    source="Pagliardini et al., 2024, arXiv:2409.03137, Algorithm 1, with the warm-ups of its "
    "section 3.1; arguments as in github.com/apple/ml-ademamix; not checked against the paper",
    hyper=[
        Hyper(beta1, "0.9", _OPEN_UNIT, "decay rate of the first moment", argument="betas"),
        "beta2",
        Hyper(beta3, "0.9999", _OPEN_UNIT, "decay rate of the slow average", argument="betas"),
        Hyper(alpha, "2", NON_NEGATIVE, "weight of the slow average", latex=r"\alpha"),
        Hyper(
            beta3_warmup,
            "0",
            NON_NEGATIVE,
            "steps in which the slow average becomes slow; 0 for none",
            latex=r"T_{\beta_3}",
        ),
        Hyper(
            alpha_warmup,
            "0",
            NON_NEGATIVE,
            "steps in which its weight rises; 0 for none",
            latex=r"T_\alpha",
        ),
    ],
    states=[State(slow, init=0, key="exp_avg_slow", latex=r"m^{\mathrm{slow}}")],
    updates=[
        Update(share[t], Piecewise((t / beta3_warmup, t < beta3_warmup), (1, True))),
        Update(length[t], Max(-(1 - share[t]) / log(beta1) - share[t] / log(beta3), _SHORTEST)),
        Update(decay[t], Piecewise((exp(-1 / length[t]), t < beta3_warmup), (beta3, True))),
        Update(slow[t], decay[t] * slow[t - 1] + (1 - decay[t]) * g[t]),
        Update(
            mix[t], Piecewise((alpha * Min(1, t / alpha_warmup), alpha_warmup > 0), (alpha, True))
        ),
        Update(
            theta[t],
            thetabar[t] - lr * (mhat[t] + mix[t] * slow[t]) / (sqrt(vhat[t]) + eps),
        ),
    ],
)
