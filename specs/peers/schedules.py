"""Schedules of torch, Keras and optax, beside the specs."""

from sympy import Min

from ..language import Update, eta, lr, step
from ..language.peers import Difference
from ..schedules import cosine as _cosine
from ..schedules import decays as _decays
from .optimizers import peer

_CLAMPED = Difference(
    "after the last step the rate stays at its lowest, as with clamp",
    [Update(_cosine.position[step], Min(step, _cosine.T_max))],
    "cosine-past-end",
)
_SHARE = Difference("the lowest rate is given as a share of the first")
_WARMUP_APART = Difference(
    "its steps do not count those of the warm-up", claim="warmup-not-counted"
)

SCHEDULES = (
    peer("CosineAnnealingLR", "torch.optim.lr_scheduler.CosineAnnealingLR"),
    peer(
        "CosineAnnealingLR",
        "keras.optimizers.schedules.CosineDecay",
        _CLAMPED,
        _SHARE,
        _WARMUP_APART,
    ),
    peer("CosineAnnealingLR", "optax.cosine_decay_schedule", _CLAMPED, _SHARE),
    peer(
        "CosineAnnealingWarmRestarts",
        "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
    ),
    peer(
        "CosineAnnealingWarmRestarts",
        "keras.optimizers.schedules.CosineDecayRestarts",
        Difference("the height of a cycle can be a share of the one before it"),
        _SHARE,
        T_mult="2",
    ),
    peer("OneCycleLR", "torch.optim.lr_scheduler.OneCycleLR"),
    peer(
        "OneCycleLR",
        "optax.cosine_onecycle_schedule",
        Difference(
            "the phases end one step later: the last of the steps is not at the lowest rate",
            claim="one-cycle-optax",
        ),
    ),
    peer("StepLR", "torch.optim.lr_scheduler.StepLR"),
    peer("MultiStepLR", "torch.optim.lr_scheduler.MultiStepLR"),
    peer("ConstantLR", "torch.optim.lr_scheduler.ConstantLR"),
    peer("LinearLR", "torch.optim.lr_scheduler.LinearLR"),
    peer(
        "PiecewiseConstantLR",
        "keras.optimizers.schedules.PiecewiseConstantDecay",
        Difference(
            "a rate is kept at its boundary too, and changes one step later",
            claim="piecewise-boundary-keras",
        ),
    ),
    peer(
        "PiecewiseConstantLR",
        "optax.piecewise_constant_schedule",
        Difference("factors on the rate are given instead of rates"),
    ),
    peer("ExponentialLR", "torch.optim.lr_scheduler.ExponentialLR"),
    peer("ExponentialLR", "keras.optimizers.schedules.ExponentialDecay", decay_steps=""),
    peer("ExponentialLR", "optax.exponential_decay", decay_steps=""),
    peer("PolynomialLR", "torch.optim.lr_scheduler.PolynomialLR"),
    peer(
        "PolynomialLR",
        "keras.optimizers.schedules.PolynomialDecay",
        Difference("it falls to a rate that need not be 0"),
        total_iters="",
    ),
    peer(
        "PolynomialLR",
        "optax.polynomial_schedule",
        Difference("it falls to a rate that need not be 0"),
        total_iters="",
        power="",
    ),
    peer(
        "InverseTimeLR",
        "keras.optimizers.schedules.InverseTimeDecay",
        Difference(
            "the decay is that of several steps",
            [Update(eta[step], lr / (1 + _decays.decay * step / _decays.decay_steps))],
        ),
    ),
    peer("ReduceLROnPlateau", "torch.optim.lr_scheduler.ReduceLROnPlateau"),
    peer(
        "ReduceLROnPlateau",
        "optax.contrib.reduce_on_plateau",
        Difference(
            "the rate is reduced at the failure number patience, not at the one after it",
            claim="patience-optax",
        ),
    ),
    peer(
        "LinearWarmupLR",
        "optax.warmup_cosine_decay_schedule",
        Difference(
            "warm-up and cosine are one schedule, whose total counts the warm-up",
            claim="warmup-counted",
        ),
    ),
)
