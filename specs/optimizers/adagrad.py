"""Adagrad: each element's step divided by the root of its summed squared gradients."""

from sympy import sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
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

lr, lr_decay, initial_accumulator_value, eps = hyperparameters(
    "lr lr_decay initial_accumulator_value eps"
)
(s,) = states("s")
(lrbar,) = intermediates("lrbar")

adagrad = Optimizer(
    "Adagrad",
    summary="Adagrad: steps scaled by the accumulated squared gradients.",
    source="Duchi et al., 2011, Adaptive subgradient methods, JMLR 12, Figure 1",
    peer="torch.optim.Adagrad",
    positional=["foreach"],
    eager=True,
    lineage=["SGD"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(lr_decay, "0", NON_NEGATIVE, "decay of the learning rate per step", latex=r"\eta"),
        weight_decay,
        Hyper(
            initial_accumulator_value,
            "0",
            NON_NEGATIVE,
            "initial value of the sum of squared gradients",
            latex=r"s_{\mathrm{init}}",
        ),
        Hyper(eps, "1e-10", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[State(s, init=initial_accumulator_value, key="sum", domain=NON_NEGATIVE)],
    updates=[
        ascend_or_descend,
        l2(),
        Update(lrbar[t], lr / (1 + (t - 1) * lr_decay)),
        Update(s[t], s[t - 1] + gtilde[t] ** 2),
        Update(theta[t], theta[t - 1] - lrbar[t] * gtilde[t] / (sqrt(s[t]) + eps)),
    ],
)
