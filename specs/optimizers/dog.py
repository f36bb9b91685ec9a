"""DoG: the distance from the start over the norm of all gradients so far is the rate.

Both are over all parameters. The authors' package, dog-optimizer 1.0.3, takes those of each group
by themselves, and keeps the start in the group; with one group the two are the same rule. Where
most averages of its iterates are evaluated, as the paper asks, keep one beside.
"""

from sympy import Eq, Max, Piecewise, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    global_norm,
    global_total,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

reps_rel, lr, eps = hyperparameters("reps_rel lr eps")
theta0, rbar, squares = states("theta0 rbar squares")
(eta,) = intermediates("eta")

dog = Optimizer(
    "DoG",
    summary="DoG: distance over gradients, SGD with a rate that needs no tuning.",
    source="Ivgi, Hinder & Carmon, 2023, arXiv:2302.12022, equation (DoG)",
    lineage=["SGD"],
    hyper=[
        Hyper(
            reps_rel,
            "1e-6",
            POSITIVE,
            "distance that the first step is taken for, relative to one more than the norm of the "
            "parameters; 1e-4 with batch normalization",
            latex=r"r_\epsilon",
        ),
        Hyper(lr, "1", NON_NEGATIVE, "factor of the rate, best left alone", latex="c"),
        weight_decay,
        Hyper(eps, "1e-8", POSITIVE, "what the sum of squares starts from", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(theta0, init=theta[0], key="init_buffer", latex=r"\theta_0"),
        State(
            rbar, init=None, key="rbar", shape=Shape.GLOBAL, domain=NON_NEGATIVE, latex=r"\bar{r}"
        ),
        State(squares, init=eps, key="G", shape=Shape.GLOBAL, domain=POSITIVE, latex="G"),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(theta0[t], theta0[t - 1]),
        Update(
            rbar[t],
            Piecewise(
                (reps_rel * (1 + global_norm(theta[t - 1])), Eq(t, 1)),
                (Max(rbar[t - 1], global_norm(theta[t - 1] - theta0[t - 1])), True),
            ),
        ),
        Update(squares[t], squares[t - 1] + global_total(gtilde[t] ** 2)),
        Update(eta[t], lr * rbar[t] / sqrt(squares[t])),
        Update(theta[t], theta[t - 1] - eta[t] * gtilde[t]),
    ],
)
