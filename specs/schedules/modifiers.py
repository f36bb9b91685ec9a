"""What is done to the rates of another schedule at every step."""

from sympy import Max, Min, Mod, Piecewise

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT_CLOSED,
    Hyper,
    Sample,
    Schedule,
    Schedules,
    Update,
    counts,
    eta,
    hyperparameters,
    intermediates,
    lr,
    momentum_of,
    mu,
    rate_of,
    step,
)
from .cosine import cosine_annealing_lr

scheduler, min_factor, min_lr, max_lr, min_value, max_value = hyperparameters(
    "scheduler min_factor min_lr max_lr min_value max_value"
)
restart_steps, warmup_steps, anneal_steps = counts("restart_steps warmup_steps anneal_steps")
place, height = intermediates("place height")

_EXAMPLE = Sample(cosine_annealing_lr, {"lr": "0.1", "T_max": "100"})

jagged_restarts_lr = Schedule(
    "JaggedRestartsLR",
    summary="Another schedule, with a decay before each restart and a warm-up after it.",
    source="Lialin et al., 2023, arXiv:2307.05695, section 3; arguments as in axolotl",
    hyper=[
        Schedules(scheduler, "the schedule that runs", latex="S"),
        Hyper(restart_steps, "", AT_LEAST_ONE, "steps from one restart to the next", latex="T"),
        Hyper(warmup_steps, "", NON_NEGATIVE, "steps up after a restart", latex="w"),
        Hyper(anneal_steps, "1", NON_NEGATIVE, "steps down before a restart", latex="d"),
        Hyper(min_factor, "1e-3", UNIT_CLOSED, "factor at a restart", latex="a"),
    ],
    updates=[
        Update(place[step], Mod(step, restart_steps)),
        Update(
            height[step],
            Piecewise(
                (1, step < restart_steps - anneal_steps),
                (place[step] / Max(warmup_steps, 1), place[step] < warmup_steps),
                (
                    Min(1, (restart_steps - place[step]) / Max(anneal_steps, 1)),
                    place[step] > restart_steps - anneal_steps,
                ),
                (1, True),
            ),
        ),
        Update(
            eta[step],
            rate_of(scheduler, step, lr) * (min_factor + (1 - min_factor) * height[step]),
        ),
        Update(mu[step], momentum_of(scheduler, step)),
    ],
    example={
        "scheduler": _EXAMPLE,
        "restart_steps": "30",
        "warmup_steps": "5",
        "anneal_steps": "3",
    },
)

proportion_lr = Schedule(
    "ProportionLR",
    summary="A value that moves between two as another schedule's rate does between its two.",
    source="Zhuang et al., 2022, arXiv:2203.08065, Algorithm 1, for the radius of GSAM",
    hyper=[
        Schedules(scheduler, "the schedule it follows", latex="S"),
        Hyper(max_lr, "", NON_NEGATIVE, "rate at which it is max_value", latex=r"\eta_{\max}"),
        Hyper(min_lr, "0", NON_NEGATIVE, "rate at which it is min_value", latex=r"\eta_{\min}"),
        Hyper(max_value, "2", NON_NEGATIVE, "value at the rate max_lr", latex=r"v_{\max}"),
        Hyper(min_value, "2", NON_NEGATIVE, "value at the rate min_lr", latex=r"v_{\min}"),
    ],
    updates=[
        Update(
            eta[step],
            Piecewise(
                (
                    min_value
                    + (max_value - min_value)
                    * (rate_of(scheduler, step, lr) - min_lr)
                    / (max_lr - min_lr),
                    max_lr > min_lr,
                ),
                (max_value, True),
            ),
        ),
        Update(mu[step], momentum_of(scheduler, step)),
    ],
    example={
        "scheduler": _EXAMPLE,
        "max_lr": "0.1",
        "max_value": "0.5",
        "min_value": "0.05",
    },
)
