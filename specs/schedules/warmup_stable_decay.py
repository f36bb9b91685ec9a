"""Warm up, stay, and decay at the end."""

from sympy import Max, Min, Piecewise, Rational, cos, pi, sqrt

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT_CLOSED,
    Choice,
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

(min_factor,) = hyperparameters("min_factor")
warmup_steps, stable_steps, decay_steps = counts("warmup_steps stable_steps decay_steps")
share, falling = intermediates("share falling")

WARMUP_STEPS = Hyper(warmup_steps, "", NON_NEGATIVE, "steps up", latex="w")
STABLE_STEPS = Hyper(stable_steps, "", NON_NEGATIVE, "steps at the rate", latex="s")
DECAY_STEPS = Hyper(decay_steps, "", AT_LEAST_ONE, "steps down", latex="d")
MIN_FACTOR = Hyper(min_factor, "0", UNIT_CLOSED, "factor from then on", latex="a")
DECAY_TYPE = Choice(
    "decay_type",
    ("cosine", "linear", "sqrt", "square", "exponential"),
    "how it decays: half a cosine, a line, 1 - sqrt, 1 - square, or 2 * 0.5^x - 1",
)

warmup_stable_decay_lr = Schedule(
    "WarmupStableDecayLR",
    summary="Rises linearly from 0, is constant, then falls to min_factor times the rate.",
    source="Hu et al., 2024, arXiv:2404.06395, section 4; 1 - sqrt: Hagele et al., 2024, "
    "arXiv:2405.18392; exponential: as in Megatron-LM",
    hyper=[WARMUP_STEPS, STABLE_STEPS, DECAY_STEPS, MIN_FACTOR, DECAY_TYPE],
    updates=[
        Update(
            share[step],
            Min(Max(step - warmup_steps - stable_steps, 0), decay_steps) / decay_steps,
        ),
        Update(
            falling[step],
            Piecewise(
                ((1 + cos(pi * share[step])) / 2, DECAY_TYPE["cosine"]),
                (1 - share[step], DECAY_TYPE["linear"]),
                (1 - sqrt(share[step]), DECAY_TYPE["sqrt"]),
                (1 - share[step] ** 2, DECAY_TYPE["square"]),
                (2 * Rational(1, 2) ** share[step] - 1, True),
            ),
        ),
        Update(
            eta[step],
            Piecewise(
                (lr * step / Max(warmup_steps, 1), step < warmup_steps),
                (lr * (min_factor + (1 - min_factor) * falling[step]), True),
            ),
        ),
    ],
    example={"lr": "0.1", "warmup_steps": "10", "stable_steps": "50", "decay_steps": "40"},
)
