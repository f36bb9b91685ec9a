"""Optimistic gradient descent: a step along the gradient that is to be expected next.

That is the gradient, and once more its change; so it goes round no saddle of two players for ever.
"""

from sympy import Eq, Piecewise

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    states,
    t,
    theta,
)

lr, alpha, beta = hyperparameters("lr alpha beta")
(last,) = states("last")

ogd = Optimizer(
    "OGD",
    summary="Optimistic gradient descent: SGD that extrapolates the change of the gradient.",
    source="Popov, 1980, A modification of the Arrow-Hurwicz method for search of saddle points; "
    "factors: Mokhtari et al., 2020, arXiv:1901.08511, as in optax",
    lineage=["SGD"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(alpha, "1", NON_NEGATIVE, "factor of the gradient", latex=r"\alpha"),
        Hyper(beta, "1", NON_NEGATIVE, "factor of its change", latex=r"\beta"),
        maximize,
    ],
    states=[State(last, init=None, key="previous_grad", latex=r"g^{\mathrm{last}}")],
    updates=[
        ascend_or_descend,
        Update(last[t], g[t]),
        Update(
            theta[t],
            theta[t - 1]
            - lr * (alpha * g[t] + beta * Piecewise((0, Eq(t, 1)), (g[t] - last[t - 1], True))),
        ),
    ],
)
