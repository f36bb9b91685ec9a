"""RMSprop: steps divided by the root of a running average of squared gradients."""

from sympy import Max, Ne, Piecewise, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT_CLOSED,
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

lr, alpha, eps, momentum = hyperparameters("lr alpha eps momentum")
(centered,) = flags("centered")
v, gbar, b = states("v gbar b")
d, variance = intermediates("d variance")

rmsprop = Optimizer(
    "RMSprop",
    summary="RMSprop: steps scaled by a running average of squared gradients.",
    source="Tieleman & Hinton, 2012, Lecture 6.5; centered: Graves, 2013, arXiv:1308.0850, "
    "eqs. 38-45",
    peer="torch.optim.RMSprop",
    positional=["capturable", "foreach", "maximize", "differentiable"],
    lineage=["Adagrad"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(alpha, "0.99", UNIT_CLOSED, "decay rate of the averages", latex=r"\alpha"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Hyper(momentum, "0", NON_NEGATIVE, "momentum factor", latex=r"\mu"),
        Option(centered, "divide by an estimate of the variance instead of the second moment"),
        maximize,
    ],
    states=[
        State(v, init=0, key="square_avg", domain=NON_NEGATIVE),
        State(gbar, init=0, key="grad_avg", when=centered),
        State(b, init=0, key="momentum_buffer", when=Ne(momentum, 0)),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(v[t], alpha * v[t - 1] + (1 - alpha) * gtilde[t] ** 2),
        Update(gbar[t], alpha * gbar[t - 1] + (1 - alpha) * gtilde[t]),
        # v >= gbar^2 always; the maximum keeps that true where rounding would not.
        Update(
            variance[t],
            Piecewise((Max(v[t] - gbar[t] ** 2, 0), centered), (v[t], True)),
        ),
        Update(d[t], gtilde[t] / (sqrt(variance[t]) + eps)),
        Update(b[t], momentum * b[t - 1] + d[t]),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1] - lr * b[t], Ne(momentum, 0)), (theta[t - 1] - lr * d[t], True)
            ),
        ),
    ],
)
