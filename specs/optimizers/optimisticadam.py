"""OptimisticAdam: Adam that extrapolates the change of its direction."""

from sympy import Eq, Piecewise, sqrt

from ..gradients import thetabar
from ..language import (
    NON_NEGATIVE,
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
from .adam import eps, lr, mhat, vhat

alpha, beta = hyperparameters("alpha beta")
(last,) = states("last")
(d,) = intermediates("d")

optimisticadam = derived(
    _adam,
    "OptimisticAdam",
    options={"amsgrad": False},
    summary="OptimisticAdam: Adam that extrapolates the change of its direction.",
    source="Daskalakis et al., 2018, arXiv:1711.00141, Algorithm 1, arguments as in optax; not "
    "checked against the paper",
    hyper=[
        "lr",
        Hyper(alpha, "1", NON_NEGATIVE, "factor of the direction", latex=r"\alpha"),
        Hyper(beta, "1", NON_NEGATIVE, "factor of its change", latex=r"\beta"),
    ],
    states=[State(last, init=None, key="previous_direction", latex=r"d^{\mathrm{last}}")],
    updates=[
        Update(d[t], mhat[t] / (sqrt(vhat[t]) + eps)),
        Update(last[t], d[t]),
        Update(
            theta[t],
            thetabar[t]
            - lr * (alpha * d[t] + beta * Piecewise((0, Eq(t, 1)), (d[t] - last[t - 1], True))),
        ),
    ],
)
