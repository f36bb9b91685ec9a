"""Rates that fall along a curve of the share of the steps that is done, and stay at its end."""

from sympy import Expr, Integer, Max, Min, Piecewise, cos, exp, log, pi, sqrt, tanh

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT_ABOVE_ZERO,
    Choice,
    Constraint,
    Hyper,
    Schedule,
    Update,
    counts,
    eta,
    hyperparameters,
    intermediates,
    lr,
    step,
)
from .cosine import ETA_MIN, eta_min

start_weight, lower, upper, k, power = hyperparameters("start_weight lower upper k power")
total_steps, upper_bound = counts("total_steps upper_bound")
share, left, curve, beginning, now, fallen = intermediates("share left curve beginning now fallen")

TOTAL_STEPS = Hyper(total_steps, "", AT_LEAST_ONE, "steps until the lowest rate", latex="T")
SHARE = Update(share[step], Min(step, total_steps) / total_steps)

rex_lr = Schedule(
    "RexLR",
    summary="REX: a hyperbola of the share of the steps that is left, steepest at the end.",
    source="Chen et al., 2022, arXiv:2107.04197, section 4",
    hyper=[
        TOTAL_STEPS,
        ETA_MIN,
        Hyper(
            start_weight,
            "1/2",
            UNIT_ABOVE_ZERO,
            "how straight the curve is: 1 is a line",
            latex="a",
            keyword=True,
        ),
    ],
    updates=[
        Update(left[step], Max(total_steps - step, 0) / total_steps),
        Update(
            eta[step],
            eta_min
            + (lr - eta_min) * left[step] / (start_weight + (1 - start_weight) * left[step]),
        ),
    ],
    example={"lr": "0.1", "total_steps": "80"},
)

tanh_decay_lr = Schedule(
    "TanhDecayLR",
    summary="Falls along a hyperbolic tangent, between two points of it; then the lowest rate.",
    source="Hsueh et al., 2019, arXiv:1806.01593, equation 4",
    hyper=[
        TOTAL_STEPS,
        Hyper(lower, "-7", REAL, "where on the tangent it begins", latex="L"),
        Hyper(upper, "3", REAL, "where on the tangent it ends", latex="U"),
        ETA_MIN,
    ],
    updates=[
        SHARE,
        Update(
            curve[step],
            (1 - tanh(lower * (1 - share[step]) + upper * share[step])) / 2,
        ),
        Update(
            eta[step],
            Piecewise(
                (eta_min + (lr - eta_min) * curve[step], step < total_steps), (eta_min, True)
            ),
        ),
    ],
    constraints=[Constraint(lower < upper, "lower must be below upper")],
    example={"lr": "0.1", "total_steps": "80"},
)

SHAPE = Choice("shape", ("cosine", "polynomial"), "what is delayed: half a cosine, or a power")

k_decay_lr = Schedule(
    "KDecayLR",
    summary="A cosine, or a power of what is left, delayed by the k-th power of the share done.",
    source="Zhang & Li, 2020, arXiv:2004.05909, equation 6",
    hyper=[
        TOTAL_STEPS,
        Hyper(k, "1", POSITIVE, "how long the decay is put off; 1 is as without", latex="k"),
        ETA_MIN,
        SHAPE,
        Hyper(power, "1", POSITIVE, "exponent of the polynomial", latex="p"),
    ],
    updates=[
        Update(share[step], (Min(step, total_steps) / total_steps) ** k),
        Update(
            curve[step],
            Piecewise(
                ((1 + cos(pi * share[step])) / 2, SHAPE["cosine"]),
                (Max(1 - share[step], 0) ** power, True),
            ),
        ),
        Update(
            eta[step],
            Piecewise(
                (eta_min + (lr - eta_min) * curve[step], step < total_steps), (eta_min, True)
            ),
        ),
    ],
    example={"lr": "0.1", "total_steps": "80", "k": "3"},
)

_UPPER_BOUND = Hyper(
    upper_bound,
    "",
    AT_LEAST_ONE,
    "most steps that are thought of, by which the curve is the same whatever total_steps",
    latex="U",
)
_WITHIN = Constraint(total_steps <= upper_bound, "total_steps must not be above upper_bound")


def _below(at: Expr) -> Expr:
    """From T/U*(2 - T/U) to 0, as the step goes from 0 to T: what the roots are taken of."""
    return Max(total_steps - at, 0) / upper_bound * Max(2 - (total_steps + at) / upper_bound, 0)


_FALLEN = [
    Update(beginning[step], _below(Integer(0))),
    Update(now[step], _below(Min(step, total_steps))),
    Update(fallen[step], sqrt(beginning[step]) - sqrt(now[step])),
]

hyperbolic_lr = Schedule(
    "HyperbolicLR",
    summary="Falls along a hyperbola, at first alike for all numbers of steps.",
    source="Kim, 2024, arXiv:2407.15200, equation 4",
    hyper=[
        TOTAL_STEPS,
        _UPPER_BOUND,
        Hyper(eta_min, "1e-6", NON_NEGATIVE, ETA_MIN.doc, latex=ETA_MIN.latex),
    ],
    updates=[
        *_FALLEN,
        Update(eta[step], lr - (lr - eta_min) * fallen[step]),
    ],
    constraints=[_WITHIN],
    example={"lr": "0.1", "total_steps": "80", "upper_bound": "120"},
)

exp_hyperbolic_lr = Schedule(
    "ExpHyperbolicLR",
    summary="Falls along the exponential of a hyperbola, at first alike for all numbers of steps.",
    source="Kim, 2024, arXiv:2407.15200, equation 6",
    # The rate is no line of the one it starts from, so that nothing can be multiplied on.
    outright="always",
    hyper=[
        TOTAL_STEPS,
        _UPPER_BOUND,
        Hyper(eta_min, "1e-6", POSITIVE, ETA_MIN.doc, latex=ETA_MIN.latex),
    ],
    updates=[
        *_FALLEN,
        Update(
            eta[step], Piecewise((lr * exp(fallen[step] * log(eta_min / lr)), lr > 0), (0, True))
        ),
    ],
    constraints=[_WITHIN],
    example={"lr": "0.1", "total_steps": "80", "upper_bound": "120"},
)
