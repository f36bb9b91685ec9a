"""AdaMod: Adam whose rates are no larger than their average."""

from sympy import Min, sqrt

from ..gradients import thetabar
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    State,
    Update,
    derived,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from .adam import adam as _adam
from .adam import beta1, beta2, eps, lr, m, v

(beta3,) = hyperparameters("beta3")
(s,) = states("s")
(adapted,) = intermediates("adapted")

adamod = derived(
    _adam,
    "AdaMod",
    options={"amsgrad": False},
    summary="AdaMod: Adam whose rates are capped by their own running average.",
    source="Ding et al., 2019, arXiv:1910.12249, Algorithm 2, epsilon beside the uncorrected root "
    "as in github.com/lancopku/AdaMod; not checked against the paper",
    hyper=[
        "beta2",
        Hyper(beta3, "0.999", UNIT, "decay rate of the average of the rates", argument="betas"),
    ],
    states=[State(s, init=0, key="exp_avg_lr", domain=NON_NEGATIVE)],
    updates=[
        Update(adapted[t], lr * sqrt(1 - beta2**t) / (1 - beta1**t) / (sqrt(v[t]) + eps)),
        Update(s[t], beta3 * s[t - 1] + (1 - beta3) * adapted[t]),
        Update(theta[t], thetabar[t] - Min(adapted[t], s[t]) * m[t]),
    ],
)
