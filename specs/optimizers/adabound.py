"""AdaBound: Adam whose rates are clipped to bounds that converge to the rate of SGD."""

from sympy import Eq, Max, Piecewise, sqrt

from ..gradients import thetabar
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Option,
    Shape,
    State,
    Update,
    clip,
    derived,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from .adam import adam as _adam
from .adam import beta1, beta2, eps, lr, m, v, vmax, vtilde

final_lr, gamma = hyperparameters("final_lr gamma")
(amsbound,) = flags("amsbound")
(base,) = states("base")
final, adapted, bounded = intermediates("final adapted bounded")

adabound = derived(
    _adam,
    "AdaBound",
    summary="AdaBound: Adam whose rates are clipped to bounds that converge to the rate of SGD.",
    source="Luo et al., 2019, arXiv:1902.09843, Algorithm 2; AMSBound: Algorithm 3; corrections "
    "and bounds as in github.com/Luolc/AdaBound; not checked against the paper",
    hyper=[
        "beta2",
        Hyper(final_lr, "0.1", NON_NEGATIVE, "learning rate of SGD, in the end", latex=r"\gamma^*"),
        Hyper(gamma, "1e-3", POSITIVE, "how fast the bounds close in", latex=r"\beta"),
        "weight_decay",
        Option(amsbound, "divide by the largest second moment seen so far"),
    ],
    states=[
        State(
            vmax,
            init=0,
            key="max_exp_avg_sq",
            when=amsbound,
            domain=NON_NEGATIVE,
            latex=r"v^{\max}",
        ),
        State(
            base,
            init=0,
            key="base_lr",
            shape=Shape.SCALAR,
            domain=NON_NEGATIVE,
            latex=r"\gamma_1",
        ),
    ],
    updates=[
        Update(vmax[t], Max(vmax[t - 1], v[t])),
        Update(vtilde[t], Piecewise((vmax[t], amsbound), (v[t], True))),
        Update(base[t], Piecewise((lr, Eq(t, 1)), (base[t - 1], True))),
        Update(final[t], Piecewise((final_lr * lr / base[t], base[t] > 0), (0, True))),
        Update(adapted[t], lr * sqrt(1 - beta2**t) / (1 - beta1**t) / (sqrt(vtilde[t]) + eps)),
        Update(
            bounded[t],
            clip(
                adapted[t],
                final[t] * (1 - 1 / (gamma * t + 1)),
                final[t] * (1 + 1 / (gamma * t)),
            ),
        ),
        Update(theta[t], thetabar[t] - bounded[t] * m[t]),
    ],
)
