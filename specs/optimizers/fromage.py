"""Fromage: steps as long as the tensor they are taken on, times the rate, and the sum shortened."""

from sympy import And, Eq, Ne, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)

lr, p_bound = hyperparameters("lr p_bound")
(largest,) = states("largest")
wnorm, gnorm, ratio, shortened, length, share = intermediates(
    "wnorm gnorm ratio shortened length share"
)

fromage = Optimizer(
    "Fromage",
    summary="Fromage: descent that changes each tensor by a share of its norm.",
    source="Bernstein et al., 2020, arXiv:2002.03432, Algorithm 1",
    lineage=["SGD"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(
            p_bound,
            "0",
            NON_NEGATIVE,
            "largest norm of a tensor, beside the one it starts with; 0 sets none",
            latex="b",
        ),
        maximize,
    ],
    states=[
        State(
            largest,
            init=None,
            key="max",
            shape=Shape.PER_TENSOR,
            when=Ne(p_bound, 0),
            domain=NON_NEGATIVE,
            latex="L",
        )
    ],
    updates=[
        ascend_or_descend,
        Update(wnorm[t], norm(theta[t - 1])),
        Update(gnorm[t], norm(g[t])),
        Update(largest[t], Piecewise((p_bound * wnorm[t], Eq(t, 1)), (largest[t - 1], True))),
        Update(
            ratio[t],
            Piecewise((wnorm[t] / gnorm[t], And(wnorm[t] > 0, gnorm[t] > 0)), (1, True)),
        ),
        Update(shortened[t], (theta[t - 1] - lr * ratio[t] * g[t]) / sqrt(1 + lr**2)),
        Update(length[t], norm(shortened[t])),
        Update(
            share[t],
            Piecewise(
                (largest[t] / length[t], And(Ne(p_bound, 0), length[t] > largest[t])),
                (1, True),
            ),
        ),
        Update(theta[t], share[t] * shortened[t]),
    ],
)
