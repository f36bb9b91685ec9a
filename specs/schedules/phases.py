"""Schedules of phases: up, level and down, once or again and again.

All of them are warm-up, stable and decay with arguments of their own.
"""

from sympy import Ge, Gt, Max, Min, Mod, Piecewise, floor

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT,
    UNIT_ABOVE_ZERO,
    Constraint,
    Hyper,
    Update,
    counts,
    hyperparameters,
    intermediates,
    specialised,
    step,
)
from .warmup_stable_decay import (
    DECAY_STEPS,
    DECAY_TYPE,
    MIN_FACTOR,
    STABLE_STEPS,
    WARMUP_STEPS,
    decay_steps,
    stable_steps,
    warmup_stable_decay_lr,
    warmup_steps,
)

flat_fraction, constant_fraction = hyperparameters("flat_fraction constant_fraction")
total_steps, hold_steps, explore_steps = counts("total_steps hold_steps explore_steps")
(place,) = intermediates("place")

TOTAL_STEPS = Hyper(total_steps, "", AT_LEAST_ONE, "steps in all", latex="T")
NO_WARMUP = Hyper(warmup_steps, "0", NON_NEGATIVE, WARMUP_STEPS.doc, latex="w")

trapezoidal_lr = specialised(
    warmup_stable_decay_lr,
    "TrapezoidalLR",
    summary="Rises linearly from 0, is constant, and falls linearly until total_steps.",
    source="Xing et al., 2018, arXiv:1802.08770; Hagele et al., 2024, arXiv:2405.18392",
    hyper=[TOTAL_STEPS, WARMUP_STEPS, DECAY_STEPS, MIN_FACTOR],
    settings={
        "stable_steps": total_steps - warmup_steps - decay_steps,
        "decay_type": "linear",
    },
    constraints=[
        Constraint(
            Ge(total_steps, warmup_steps + decay_steps),
            "total_steps must not be below warmup_steps + decay_steps",
        )
    ],
    example={"lr": "0.1", "total_steps": "100", "warmup_steps": "10", "decay_steps": "40"},
)

warmup_hold_cosine_lr = specialised(
    warmup_stable_decay_lr,
    "WarmupHoldCosineLR",
    summary="Rises linearly from 0, is constant, and falls along half a cosine until total_steps.",
    source="common practice, as in pytorch_scheduler",
    hyper=[
        TOTAL_STEPS,
        NO_WARMUP,
        Hyper(hold_steps, "0", NON_NEGATIVE, "steps at the rate", latex="s"),
        MIN_FACTOR,
    ],
    settings={
        "stable_steps": hold_steps,
        "decay_steps": Max(total_steps - warmup_steps - hold_steps, 1),
        "decay_type": "cosine",
    },
    constraints=[
        Constraint(
            Gt(total_steps, warmup_steps + hold_steps),
            "total_steps must be above warmup_steps + hold_steps",
        )
    ],
    example={"lr": "0.1", "total_steps": "100", "warmup_steps": "10", "hold_steps": "40"},
)

flat_cosine_lr = specialised(
    warmup_stable_decay_lr,
    "FlatCosineLR",
    summary="Constant, then falls along half a cosine until total_steps.",
    source="common practice, as in fastai",
    hyper=[
        TOTAL_STEPS,
        Hyper(flat_fraction, "0.7", UNIT, "share of the steps at the rate", latex="q"),
        MIN_FACTOR,
    ],
    settings={
        "warmup_steps": 0,
        "stable_steps": floor(total_steps * flat_fraction),
        "decay_steps": Max(total_steps - floor(total_steps * flat_fraction), 1),
        "decay_type": "cosine",
    },
    example={"lr": "0.1", "total_steps": "100", "flat_fraction": "0.75"},
)

knee_lr = specialised(
    warmup_stable_decay_lr,
    "KneeLR",
    summary="Explore and exploit: constant at a high rate, then linearly down to 0.",
    source="Iyer et al., 2020, arXiv:2003.03977, section 4",
    hyper=[
        TOTAL_STEPS,
        NO_WARMUP,
        Hyper(explore_steps, "0", NON_NEGATIVE, "steps at the rate", latex="s"),
    ],
    settings={
        "stable_steps": explore_steps,
        "decay_steps": Max(total_steps - warmup_steps - explore_steps, 1),
        "min_factor": 0,
        "decay_type": "linear",
    },
    constraints=[
        Constraint(
            Gt(total_steps, warmup_steps + explore_steps),
            "total_steps must be above warmup_steps + explore_steps",
        )
    ],
    example={"lr": "0.1", "total_steps": "100", "warmup_steps": "10", "explore_steps": "40"},
)

cosine_constant_lr = specialised(
    warmup_stable_decay_lr,
    "CosineConstantLR",
    summary="Rises linearly from 0, falls along half a cosine, and is constant from then on.",
    source="Gupta et al., 2023, arXiv:2308.04014, section 3; arguments as in axolotl",
    hyper=[
        TOTAL_STEPS,
        WARMUP_STEPS,
        Hyper(
            constant_fraction,
            "",
            UNIT_ABOVE_ZERO,
            "share of the steps after which the rate is constant",
            latex="q",
        ),
        MIN_FACTOR,
    ],
    settings={
        "stable_steps": 0,
        "decay_steps": Max(floor(total_steps * constant_fraction) - warmup_steps, 1),
        "decay_type": "cosine",
    },
    constraints=[
        Constraint(
            Gt(floor(total_steps * constant_fraction), warmup_steps),
            "constant_fraction of total_steps must be above warmup_steps",
        )
    ],
    example={
        "lr": "0.1",
        "total_steps": "100",
        "warmup_steps": "10",
        "constant_fraction": "0.75",
        "min_factor": "0.1",
    },
)

cyclic_wsd_lr = specialised(
    warmup_stable_decay_lr,
    "CyclicWSDLR",
    summary="Rises linearly from 0; then constant and down to min_factor times the rate, in "
    "cycles.",
    source="Wen et al., 2024, arXiv:2410.05192, section 4.2, which goes on from the decayed point",
    hyper=[WARMUP_STEPS, STABLE_STEPS, DECAY_STEPS, MIN_FACTOR, DECAY_TYPE],
    settings={},
    before=[
        Update(
            place[step],
            Min(step, warmup_steps)
            + Piecewise(
                (Mod(step - warmup_steps, stable_steps + decay_steps), step > warmup_steps),
                (0, True),
            ),
        )
    ],
    at=place[step],
    example={"lr": "0.1", "warmup_steps": "10", "stable_steps": "20", "decay_steps": "10"},
)
