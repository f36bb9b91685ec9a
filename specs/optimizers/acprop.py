"""ACProp: AdaBelief that divides by what was believed before the gradient came in.

A gradient has no part in what it is divided by, and is not averaged. In the first step nothing is
believed yet, and it is divided by 1.
"""

from sympy import Eq, Piecewise, sqrt

from ..gradients import gtilde, thetabar
from ..language import UNIT, Hyper, Update, derived, intermediates, t, theta
from .adabelief import adabelief as _adabelief
from .adam import beta1, beta2, eps, lr, v

(scale,) = intermediates("scale")

acprop = derived(
    _adabelief,
    "ACProp",
    options={"amsgrad": False},
    summary="ACProp: AdaBelief without momentum, scaled by the gradients before.",
    source="Zhuang et al., 2021, arXiv:2110.05454, Algorithm 2, started as in optax; not "
    "checked against the paper",
    hyper=[Hyper(beta1, "0.9", UNIT, "decay rate of the mean", argument="betas")],
    updates=[
        Update(
            scale[t],
            Piecewise((1, Eq(t, 1)), (sqrt(v[t - 1] / (1 - beta2 ** (t - 1))), True)),
        ),
        Update(theta[t], thetabar[t] - lr * gtilde[t] / (scale[t] + eps)),
    ],
)
