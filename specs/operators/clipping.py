"""Gradients clipped before a rule descends by them.

The first three are the transforms that every optimizer takes as an argument, done where an operator
stands: after decay or noise, or before an average. The last keeps what it clips by.
"""

from typing import cast

from sympy import Expr, Min, Piecewise

from ..gradients import clipping
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Operator,
    Shape,
    State,
    Transform,
    Update,
    counts,
    global_norm,
    grad,
    gradient,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)
from ..language.naming import renamed

absolute, relative, decay = hyperparameters("absolute relative decay")
(warmup,) = counts("warmup")
(usual,) = states("usual")
before, length, ratio, clipped, own = intermediates("before length ratio clipped own")


def _operator(transform: Transform, name: str, adds: str) -> Operator:
    """What a transform does to a gradient, done to the one that a rule descends by."""
    given = {grad(theta[t - 1]): gradient[t]}
    made = Operator(
        name,
        adds=adds,
        source=transform.source,
        hyper=[transform.hyper],
        updates=[Update(u.target, cast(Expr, u.value.xreplace(given))) for u in transform.updates],
        gives={gradient: transform.result},
    )
    return renamed(made, {transform.hyper.name: "limit"}, {})


clip_by_value = _operator(
    clipping.clip_by_value,
    "clip_by_value",
    adds="each element of the gradient held between bounds",
)

clip_by_norm = _operator(
    clipping.clip_by_norm,
    "clip_by_norm",
    adds="the gradient of each tensor scaled down where its norm is above a limit",
)

clip_by_global_norm = _operator(
    clipping.clip_by_global_norm,
    "clip_by_global_norm",
    adds="all gradients scaled down together where their common norm is above a limit",
)

adagc = Operator(
    "adagc",
    adds="the gradient of each tensor clipped by the average of its norms so far",
    source="Wang et al., 2025, arXiv:2502.11034, Algorithm 1",
    hyper=[
        Hyper(absolute, "1", POSITIVE, "largest norm of all gradients while it warms up"),
        Hyper(relative, "1.05", POSITIVE, "largest norm of a tensor's beside the average"),
        Hyper(decay, "0.98", UNIT, "decay rate of the average", latex=r"\beta"),
        Hyper(warmup, "100", AT_LEAST_ONE, "steps in which it warms up", latex="w"),
    ],
    states=[
        State(
            usual,
            init=0,
            key="usual_norm",
            shape=Shape.PER_TENSOR,
            domain=NON_NEGATIVE,
            latex=r"\bar\nu",
        )
    ],
    updates=[
        Update(before[t], global_norm(gradient[t])),
        Update(length[t], norm(gradient[t])),
        Update(
            ratio[t],
            Piecewise(
                (Piecewise((absolute / before[t], before[t] > absolute), (1, True)), t <= warmup),
                (
                    relative * usual[t - 1] / length[t],
                    length[t] > relative * usual[t - 1],
                ),
                (1, True),
            ),
        ),
        Update(clipped[t], ratio[t] * gradient[t]),
        Update(own[t], ratio[t] * length[t]),
        Update(
            usual[t],
            Piecewise(
                (own[t], t <= 1),
                (Min(usual[t - 1], own[t]), t <= warmup),
                (decay * usual[t - 1] + (1 - decay) * own[t], True),
            ),
        ),
    ],
    gives={gradient: clipped[t]},
)
