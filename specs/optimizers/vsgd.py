"""VSGD: SGD on a guess of the true gradient, as a model of noise has it, divided by its size.

The true gradient wanders from step to step, and what is measured wanders about it. Both variances
are estimated along the way, and say how much of a new gradient is to be believed.
"""

from sympy import Eq, Piecewise, Rational, sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
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

lr, ghattg, ps, tau1, tau2, eps = hyperparameters("lr ghattg ps tau1 tau2 eps")
m, wandering, noise = states("m wandering noise")
drift, error, spread, square = intermediates("drift error spread square")

STRENGTH = 2 * ps + 1 + Rational(1, 10**4)
"""Of the prior, once a gradient has been seen."""
PRIOR, PRIOR_OF_NOISE = 2 * ps, 2 * ps * ghattg


def variance(of, prior):
    """What is estimated; at first of the prior alone, which is stronger by one then."""
    return Piecewise((prior / (STRENGTH - 1), Eq(t, 1)), (of[t - 1] / STRENGTH, True))


vsgd = Optimizer(
    "VSGD",
    summary="VSGD: SGD on an estimate of the true gradient, with the variances that tell of it.",
    source="Chen et al., 2024, arXiv:2404.06549, as in pytorch_optimizer; not checked against the "
    "paper",
    lineage=["SGD"],
    hyper=[
        Hyper(lr, "0.1", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(
            ghattg,
            "30",
            POSITIVE,
            "how many times the variance of the true gradient that of noise is at first",
            latex="K_g",
        ),
        Hyper(ps, "1e-8", POSITIVE, "strength of what is believed at first", latex=r"\gamma"),
        Hyper(tau1, "0.81", UNIT, "power of the step by which the gradient's variance settles"),
        Hyper(tau2, "0.9", UNIT, "power of the step by which that of noise settles"),
        weight_decay,
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="mug", latex=r"\mu"),
        State(wandering, init=PRIOR, key="bg", domain=POSITIVE, latex="b"),
        State(noise, init=PRIOR_OF_NOISE, key="bhg", domain=POSITIVE, latex=r"\hat b"),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(drift[t], variance(wandering, PRIOR)),
        Update(error[t], variance(noise, PRIOR_OF_NOISE)),
        Update(m[t], (error[t] * m[t - 1] + drift[t] * g[t]) / (drift[t] + error[t])),
        Update(spread[t], drift[t] * error[t] / (drift[t] + error[t])),
        Update(
            wandering[t],
            (1 - t**-tau1) * wandering[t - 1]
            + t**-tau1 * (PRIOR + (m[t] - m[t - 1]) ** 2 + spread[t]),
        ),
        Update(
            noise[t],
            (1 - t**-tau2) * noise[t - 1]
            + t**-tau2 * (PRIOR_OF_NOISE + (g[t] - m[t]) ** 2 + spread[t]),
        ),
        Update(square[t], m[t] ** 2 + spread[t]),
        Update(theta[t], thetabar[t] - lr * m[t] / (sqrt(square[t]) + eps)),
    ],
)
