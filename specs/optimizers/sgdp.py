"""SGDP: SGD that does not lengthen weights whose length is of no use."""

from sympy import Piecewise

from ..families.projection import DELTA, EPS, VIEW, WD_RATIO, project, share, straight
from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    REAL,
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

lr, momentum, dampening = hyperparameters("lr momentum dampening")
(nesterov,) = flags("nesterov")
(b,) = states("b")
(d,) = intermediates("d")

sgdp = Optimizer(
    "SGDP",
    summary="SGDP: SGD without the radial part of steps of weights that are normalised.",
    source="Heo et al., 2021, arXiv:2006.08217, Algorithm 1; decay and Nesterov's momentum as in "
    "its authors' code",
    lineage=["SGD(momentum)"],
    view=VIEW,
    step_key="",
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0", UNIT, "momentum factor", latex=r"\mu"),
        Hyper(dampening, "0", REAL, "dampening of the momentum", latex=r"\tau"),
        weight_decay,
        Option(nesterov, "take Nesterov's momentum"),
        EPS,
        DELTA,
        WD_RATIO,
        maximize,
    ],
    states=[State(b, init=0, key="momentum")],
    updates=[
        ascend_or_descend,
        Update(b[t], momentum * b[t - 1] + (1 - dampening) * g[t]),
        Update(d[t], Piecewise((g[t] + momentum * b[t], nesterov), (b[t], True))),
        *project(d[t]),
        Update(
            theta[t],
            theta[t - 1] * (1 - lr * weight_decay.symbol * share[t] / (1 - momentum))
            - lr * straight[t],
        ),
    ],
)
