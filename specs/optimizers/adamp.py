"""AdamP: Adam that does not lengthen weights whose length is of no use."""

from sympy import Piecewise, sqrt

from ..families.projection import DELTA, EPS, VIEW, WD_RATIO, eps, project, share, straight
from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2 = hyperparameters("lr beta1 beta2")
(nesterov,) = flags("nesterov")
m, v = states("m v")
mhat, vhat, ahead, u = intermediates("mhat vhat ahead u")

adamp = Optimizer(
    "AdamP",
    summary="AdamP: AdamW without the radial part of steps of weights that are normalised.",
    source="Heo et al., 2021, arXiv:2006.08217, Algorithm 2; decay and Nesterov's momentum as in "
    "its authors' code",
    lineage=["AdamW"],
    view=VIEW,
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        EPS,
        weight_decay,
        DELTA,
        WD_RATIO,
        Option(nesterov, "take Nesterov's momentum"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(ahead[t], Piecewise((beta1 * m[t] + (1 - beta1) * g[t], nesterov), (m[t], True))),
        Update(mhat[t], ahead[t] / (1 - beta1**t)),
        Update(u[t], mhat[t] / (sqrt(vhat[t]) + eps)),
        *project(u[t]),
        Update(
            theta[t],
            theta[t - 1] * (1 - lr * weight_decay.symbol * share[t]) - lr * straight[t],
        ),
    ],
)
