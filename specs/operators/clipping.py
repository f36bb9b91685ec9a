"""Gradients clipped before a rule descends by them.

The first three are the transforms that every optimizer takes as an argument, done where an operator
stands: after decay or noise, or before an average. The others keep what they clip by.
"""

from typing import cast

from sympy import Expr, Min, Piecewise, sqrt

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
threshold, eps = hyperparameters("threshold eps")
(warmup,) = counts("warmup")
usual, spread = states("usual spread")
before, length, ratio, clipped, own = intermediates("before length ratio clipped own")
(unit,) = intermediates("unit")


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

_APART = length[t] - usual[t - 1]

zclip = Operator(
    "zclip",
    adds="all gradients scaled down together where their norm is a spike beside those before",
    source="Kumar et al., 2025, arXiv:2504.02507, with z-scores and reciprocal clipping; epsilon "
    "and warm-up as in github.com/bluorion-com/ZClip, without its largest norm",
    hyper=[
        Hyper(threshold, "2.5", POSITIVE, "z-score from which on a norm is a spike", latex="z"),
        Hyper(decay, "0.97", UNIT, "decay rate of the mean and the variance", latex=r"\alpha"),
        Hyper(warmup, "25", AT_LEAST_ONE, "steps whose norms they begin with", latex="w"),
        Hyper(eps, "1e-6", POSITIVE, "term added to the deviation", latex=r"\epsilon"),
    ],
    states=[
        State(usual, init=0, key="mean", shape=Shape.GLOBAL, domain=NON_NEGATIVE, latex=r"\mu"),
        State(
            spread,
            init=0,
            key="var",
            shape=Shape.GLOBAL,
            domain=NON_NEGATIVE,
            latex=r"\sigma^2",
        ),
    ],
    updates=[
        Update(length[t], global_norm(gradient[t])),
        Update(unit[t], sqrt(spread[t - 1]) + eps),
        Update(
            own[t],
            Piecewise(
                (length[t], t <= warmup),
                (
                    usual[t - 1] + threshold**2 * sqrt(spread[t - 1]) * (unit[t] / _APART),
                    threshold * unit[t] < _APART,
                ),
                (length[t], True),
            ),
        ),
        Update(ratio[t], Piecewise((own[t] / length[t], own[t] < length[t]), (1, True))),
        Update(clipped[t], ratio[t] * gradient[t]),
        Update(
            usual[t],
            Piecewise(
                (((t - 1) * usual[t - 1] + length[t]) / t, t <= warmup),
                (decay * usual[t - 1] + (1 - decay) * own[t], True),
            ),
        ),
        Update(
            spread[t],
            Piecewise(
                ((t - 1) / t * (spread[t - 1] + (length[t] - usual[t - 1]) ** 2 / t), t <= warmup),
                (decay * spread[t - 1] + (1 - decay) * (own[t] - usual[t]) ** 2, True),
            ),
        ),
    ],
    gives={gradient: clipped[t]},
)
