"""Ftrl: follow the regularised leader; its L1 term makes many elements exactly 0."""

from fractions import Fraction

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Interval,
    Optimizer,
    State,
    Update,
    clip,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, power, initial, l1, l2, shrinkage, beta = hyperparameters(
    "lr learning_rate_power initial_accumulator_value l1_regularization_strength "
    "l2_regularization_strength l2_shrinkage_regularization_strength beta"
)
n, z = states("n z")
(curve,) = intermediates("curve")

ftrl = Optimizer(
    "Ftrl",
    summary="Ftrl: follow the regularised leader; its L1 term makes many elements exactly 0.",
    source="McMahan et al., 2013, Ad click prediction: a view from the trenches, Algorithm 1, "
    "arguments and shrinkage as in Keras; not checked against the paper",
    step_key="",
    lineage=["Adagrad"],
    hyper=[
        Hyper(lr, "1e-3", POSITIVE, "learning rate", latex=r"\gamma"),
        Hyper(
            power,
            "-0.5",
            Interval(high=Fraction(0)),
            "power of the sum of squares that the rate falls by",
            latex="p",
        ),
        Hyper(
            initial,
            "0.1",
            POSITIVE,
            "initial value of the sum of squared gradients",
            latex=r"n_{\mathrm{init}}",
        ),
        Hyper(l1, "0", NON_NEGATIVE, "strength of the pull to exactly 0", latex=r"\lambda_1"),
        Hyper(l2, "0", NON_NEGATIVE, "strength of the pull to 0", latex=r"\lambda_2"),
        Hyper(
            shrinkage,
            "0",
            NON_NEGATIVE,
            "strength of the weight decay in the gradient alone",
            latex=r"\lambda_s",
        ),
        Hyper(beta, "0", NON_NEGATIVE, "term added to the curvature", latex=r"\beta"),
        maximize,
    ],
    states=[
        State(n, init=initial, key="accumulator", domain=POSITIVE),
        State(z, init=0, key="linear"),
    ],
    updates=[
        ascend_or_descend,
        Update(n[t], n[t - 1] + g[t] ** 2),
        Update(
            z[t],
            z[t - 1]
            + g[t]
            + 2 * shrinkage * theta[t - 1]
            - (n[t] ** (-power) - n[t - 1] ** (-power)) / lr * theta[t - 1],
        ),
        Update(curve[t], (n[t] ** (-power) + beta) / lr + 2 * l2),
        Update(theta[t], (clip(z[t], -l1, l1) - z[t]) / curve[t]),
    ],
)
