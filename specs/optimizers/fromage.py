"""Fromage: each tensor changes by a share of its own norm, and the whole is drawn in."""

from sympy import And, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Update,
    hyperparameters,
    intermediates,
    norm,
    t,
    theta,
)

(lr,) = hyperparameters("lr")
wnorm, gnorm, ratio = intermediates("wnorm gnorm ratio")

fromage = Optimizer(
    "Fromage",
    summary="Fromage: descent that changes each tensor by a fixed share of its norm.",
    source="Bernstein et al., 2020, arXiv:2002.03432, Algorithm 1; where a norm vanishes as in "
    "github.com/jxbz/fromage",
    lineage=["SGD"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "share of its norm that a tensor moves by", latex=r"\eta"),
        maximize,
    ],
    states=[],
    updates=[
        ascend_or_descend,
        Update(wnorm[t], norm(theta[t - 1])),
        Update(gnorm[t], norm(g[t])),
        Update(
            ratio[t],
            Piecewise((wnorm[t] / gnorm[t], And(wnorm[t] > 0, gnorm[t] > 0)), (1, True)),
        ),
        Update(theta[t], (theta[t - 1] - lr * ratio[t] * g[t]) / sqrt(1 + lr**2)),
    ],
)
