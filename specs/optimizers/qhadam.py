"""QHAdam: Adam whose step is a quotient of means of what is new and of its averages."""

from sympy import sqrt

from ..gradients import gtilde, thetabar
from ..language import UNIT_CLOSED, Hyper, Update, derived, hyperparameters, t, theta
from .adam import adam as _adam
from .adam import eps, lr, mhat, vhat

nu1, nu2 = hyperparameters("nu1 nu2")

qhadam = derived(
    _adam,
    "QHAdam",
    options={"amsgrad": False},
    summary="QHAdam: Adam that mixes the gradient and its square into their averages.",
    source="Ma & Yarats, 2019, arXiv:1810.06801, eqs. 15 to 18; not checked against the paper",
    hyper=[
        "beta2",
        Hyper(
            nu1,
            "1",
            UNIT_CLOSED,
            "weight of the first moment beside the gradient",
            argument="nus",
            latex=r"\nu_1",
        ),
        Hyper(
            nu2,
            "1",
            UNIT_CLOSED,
            "weight of the second moment beside the squared gradient",
            argument="nus",
            latex=r"\nu_2",
        ),
    ],
    updates=[
        Update(
            theta[t],
            thetabar[t]
            - lr
            * ((1 - nu1) * gtilde[t] + nu1 * mhat[t])
            / (sqrt((1 - nu2) * gtilde[t] ** 2 + nu2 * vhat[t]) + eps),
        )
    ],
)
