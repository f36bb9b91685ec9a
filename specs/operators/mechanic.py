"""Mechanic: how far to go along the way that a rule goes, found while it goes.

There are several tuners of the scale, each with a decay rate of its own; what they say is added up.
"""

from sympy import Abs, Add, Max, Rational, sqrt

from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    Hyper,
    Operator,
    Shape,
    State,
    Update,
    clip,
    global_norm,
    global_total,
    gradient,
    hyperparameters,
    intermediates,
    states,
    stepped,
    t,
    theta,
)

TUNERS = range(1, 7)

s_init, decay, eps = hyperparameters("s_init decay eps")
(start,) = states("start")
scales, rewards, largest, squares = (
    dict(zip(TUNERS, states(" ".join(f"{name}{k}" for k in TUNERS)), strict=True))
    for name in ("scale", "reward", "largest", "squares")
)
whole, way, pulled, gained = intermediates("whole way pulled gained")

_SHARE = s_init / len(TUNERS)


def _kept(k: int) -> tuple[State, ...]:
    """What one of them keeps."""
    return tuple(
        State(
            series,
            init=init,
            key=series.name,
            shape=Shape.GLOBAL,
            domain=domain,
            latex=f"{letter}^{{({k})}}",
        )
        for series, init, domain, letter in (
            (scales[k], _SHARE, NON_NEGATIVE, "s"),
            (rewards[k], 0, REAL, "r"),
            (largest[k], 0, NON_NEGATIVE, "m"),
            (squares[k], 0, NON_NEGATIVE, "v"),
        )
    )


def _tuned(k: int) -> tuple[Update, ...]:
    """What it makes of what was gained: the most and the squares of it, wealth, and a scale."""
    rate = 1 - Rational(1, 10**k)
    scale, reward, most, square = scales[k], rewards[k], largest[k], squares[k]
    held = clip(gained[t], -most[t - 1], most[t - 1])
    wealth = _SHARE * most[t] + Max(0, reward[t])
    return (
        Update(most[t], Max(rate * most[t - 1], Abs(gained[t]) + eps)),
        Update(square[t], rate**2 * square[t - 1] + gained[t] ** 2),
        Update(reward[t], rate * reward[t - 1] + held * scale[t - 1]),
        Update(scale[t], wealth / (sqrt(square[t]) + eps)),
    )


mechanic = Operator(
    "mechanic",
    adds="the scale of its way found while it goes",
    source="Cutkosky et al., 2023, arXiv:2306.00144, Algorithm 1, with what is gained held to the "
    "largest so far, as in optax.contrib.mechanize",
    hyper=[
        Hyper(s_init, "1e-6", POSITIVE, "first scale of its way", latex="s_0"),
        Hyper(decay, "1e-2", NON_NEGATIVE, "strength of the pull to 0", latex=r"\lambda"),
        Hyper(eps, "1e-8", POSITIVE, "term added to denominators", latex=r"\epsilon"),
    ],
    states=[
        State(start, init=theta[0], key="start"),
        *(state for k in TUNERS for state in _kept(k)),
    ],
    updates=[
        Update(start[t], start[t - 1]),
        Update(whole[t], Add(*(scales[k][t - 1] for k in TUNERS))),
        Update(way[t], (theta[t - 1] - start[t - 1]) / (whole[t] + eps)),
        Update(
            pulled[t],
            decay * whole[t] * global_norm(gradient[t]) / (global_norm(theta[t - 1]) + eps),
        ),
        Update(
            gained[t],
            -global_total(gradient[t] * way[t]) - pulled[t] * global_total(theta[t - 1] * way[t]),
        ),
        *(update for k in TUNERS for update in _tuned(k)),
        Update(
            theta[t],
            start[t - 1]
            + Add(*(scales[k][t] for k in TUNERS)) * (way[t] + stepped[t] - theta[t - 1]),
        ),
    ],
)
