"""AdaPNM: Adam with two alternating momenta, one subtracted from the other."""

from sympy import Eq, Mod, sqrt

from ..gradients import thetabar
from ..language import NON_NEGATIVE, Hyper, State, Update, derived, hyperparameters, t, theta
from .adam import adam as _adam
from .adam import beta1, eps, lr, vhat
from .pnm import IS_ODD, apart, average, d, even, odd

(beta3,) = hyperparameters("beta3")

adapnm = derived(
    _adam,
    "AdaPNM",
    summary="AdaPNM: Adam with two alternating momenta, one subtracted from the other.",
    source="Xie et al., 2021, arXiv:2103.17182, Algorithm 3, where AMSGrad is on; not checked "
    "against the paper",
    hyper=[
        "beta2",
        Hyper(beta3, "1", NON_NEGATIVE, "how much of the other is taken away", argument="betas"),
    ],
    states=[State(odd, init=0, key="exp_avg"), State(even, init=0, key="neg_exp_avg")],
    updates=[
        average(odd, IS_ODD),
        average(even, Eq(Mod(t, 2), 0)),
        Update(d[t], apart(beta3)),
        Update(theta[t], thetabar[t] - lr * d[t] / (1 - beta1**t) / (sqrt(vhat[t]) + eps)),
    ],
)
