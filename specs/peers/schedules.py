"""Schedules of Keras and optax, beside the specs."""

from sympy import Min

from ..language import Update, eta, lr, step
from ..language.peers import Difference, Peer
from ..schedules import cosine as _cosine
from ..schedules import decays as _decays

_CLAMPED = Difference(
    "after the last step the rate stays at its lowest, as with clamp",
    [Update(_cosine.position[step], Min(step, _cosine.T_max))],
    "cosine-past-end",
)
_WARMUP_APART = Difference(
    "its steps do not count those of the warm-up", claim="warmup-not-counted"
)
_WARMUP_COUNTED = Difference(
    "warm-up and cosine are one schedule, whose total counts the warm-up", claim="warmup-counted"
)

SCHEDULES = (
    Peer(
        "CosineAnnealingLR",
        "keras.optimizers.schedules.CosineDecay",
        (_CLAMPED, _WARMUP_APART),
    ),
    Peer("CosineAnnealingLR", "optax.cosine_decay_schedule", (_CLAMPED,)),
    Peer("CosineAnnealingLR", "timm.scheduler.CosineLRScheduler", (_CLAMPED,)),
    Peer(
        "OneCycleLR",
        "optax.cosine_onecycle_schedule",
        (
            Difference(
                "the phases end one step later: the last of the steps is not at the lowest rate",
                claim="one-cycle-optax",
            ),
        ),
    ),
    Peer(
        "PiecewiseConstantLR",
        "keras.optimizers.schedules.PiecewiseConstantDecay",
        (
            Difference(
                "a rate is kept at its boundary too, and changes one step later",
                claim="piecewise-boundary-keras",
            ),
        ),
    ),
    Peer(
        "InverseTimeLR",
        "keras.optimizers.schedules.InverseTimeDecay",
        (
            Difference(
                "the decay is that of several steps",
                [Update(eta[step], lr / (1 + _decays.decay * step / _decays.decay_steps))],
            ),
        ),
    ),
    Peer("LinearWarmupLR", "optax.warmup_cosine_decay_schedule", (_WARMUP_COUNTED,)),
)
