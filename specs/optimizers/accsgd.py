"""AccSGD: long steps in an average, and short ones towards it."""

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, kappa, xi, small_const = hyperparameters("lr kappa xi small_const")
(b,) = states("b")
share, near = intermediates("share near")

accsgd = Optimizer(
    "AccSGD",
    summary="AccSGD: SGD pulled towards an average of the parameters that takes longer steps.",
    source="Kidambi et al., 2018, arXiv:1803.05591, Algorithm 3, as in "
    "github.com/rahulkidambi/AccSGD; not checked against the paper",
    step_key="",
    lineage=["SGD"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(kappa, "1000", AT_LEAST_ONE, "how much longer the long steps are", latex=r"\kappa"),
        Hyper(xi, "10", POSITIVE, "advantage in the statistics of the gradient", latex=r"\xi"),
        Hyper(small_const, "0.7", POSITIVE, "a constant below one", latex="c"),
        weight_decay,
        maximize,
    ],
    states=[State(b, init=theta[0], key="momentum_buffer", latex=r"\bar{w}")],
    updates=[
        ascend_or_descend,
        l2(),
        Update(share[t], xi * small_const**2 / kappa),
        Update(near[t], small_const / (small_const + share[t])),
        # The long step, lr*kappa/c of the gradient, by its share.
        Update(
            b[t],
            (1 - share[t]) * b[t - 1] + share[t] * theta[t - 1] - lr * xi * small_const * gtilde[t],
        ),
        Update(theta[t], near[t] * (theta[t - 1] - lr * gtilde[t]) + (1 - near[t]) * b[t]),
    ],
)
