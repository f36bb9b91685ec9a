"""DiffGrad: Adam with shorter steps where the gradient hardly changes."""

from sympy import Abs, exp, sqrt

from ..gradients import gtilde, thetabar
from ..language import State, Update, derived, intermediates, states, t, theta
from .adam import adam as _adam
from .adam import beta1, beta2, eps, lr, m, v

(last,) = states("last")
(friction,) = intermediates("friction")

diffgrad = derived(
    _adam,
    "DiffGrad",
    options={"amsgrad": False},
    summary="DiffGrad: Adam with shorter steps where the gradient hardly changes.",
    source="Dubey et al., 2020, arXiv:1909.11015, eqs. 6 to 8, epsilon beside the uncorrected root "
    "as in github.com/shivram1987/diffGrad; not checked against the paper",
    states=[State(last, init=0, key="previous_grad", latex=r"g^{\mathrm{last}}")],
    updates=[
        Update(last[t], gtilde[t]),
        Update(friction[t], 1 / (1 + exp(-Abs(last[t - 1] - gtilde[t])))),
        Update(
            theta[t],
            thetabar[t]
            - lr * sqrt(1 - beta2**t) / (1 - beta1**t) * friction[t] * m[t] / (sqrt(v[t]) + eps),
        ),
    ],
)
