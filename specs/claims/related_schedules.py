"""Schedules that are others, and dialects that are not."""

from collections.abc import Mapping
from typing import cast

from sympy import Basic, Expr, Integer, Lt, Rational, false, sqrt, true

from ..language import Value, lr, step, t
from ..language.claims import Identity, Part, Verdict
from ..optimizers.radam import RECTIFIED, rho
from ..schedules import adaptive, curves, decays, phases, warmups
from ..schedules import warmup_stable_decay as wsd
from ..schedules.cosine import T_max, clamp, cosine_annealing_lr
from .forms import rate

_LINEAR: dict[Basic, Basic] = {
    flag: true if word == "linear" else false for word, flag in wsd.DECAY_TYPE.flags.items()
}
_REST = phases.total_steps - wsd.warmup_steps - wsd.decay_steps

trapezoidal_wsd = Identity(
    "trapezoidal-wsd",
    "TrapezoidalLR is WarmupStableDecayLR with a linear decay that ends at total_steps.",
    (
        Part(
            "the rate",
            rate(phases.trapezoidal_lr, step),
            rate(wsd.warmup_stable_decay_lr, step, {**_LINEAR, wsd.stable_steps: _REST}),
        ),
    ),
    Verdict.PROVED,
    about=("TrapezoidalLR", "WarmupStableDecayLR"),
)

_FACTOR = {u.target.name: u.value for u in warmups.radam_warmup_lr.updates}["factor"]
_AVERAGED = cast(Value, warmups.averaged[step])

radam_warm_up = Identity(
    "radam-warm-up",
    "The factor of RAdamWarmupLR is the one that RAdam rectifies its rate by.",
    (
        Part(
            "the factor",
            cast(Expr, _FACTOR.args[0].args[0]),  # pyright: ignore[reportAttributeAccessIssue]
            cast(Expr, RECTIFIED.xreplace({rho[t]: _AVERAGED})),
        ),
    ),
    Verdict.PROVED,
    ("rho is above 4",),
    "pytorch_warmup: Ma & Yarats, 2021, arXiv:1910.04209",
    about=("RAdamWarmupLR", "RAdam"),
)


def _rex(weight: Expr) -> Expr:
    settings: Mapping[Basic, Basic] = {curves.start_weight: weight}
    return rate(curves.rex_lr, step, settings)


rex_weights = Identity(
    "rex-weights",
    "REX with the weight 1/10, as in axolotl, is not REX with the weight 1/2 of the paper.",
    (
        Part(
            "the rate",
            _rex(Rational(1, 10)),
            _rex(Rational(1, 2)),
            Lt(step, curves.total_steps),
        ),
    ),
    Verdict.REFUTED,
    (),
    "pytorch_scheduler and pytorch_optimizer are as the paper",
    about=("RexLR",),
)

k_decay_one = Identity(
    "k-decay-one",
    "With k = 1, KDecayLR is CosineAnnealingLR, clamped, before the end.",
    (
        Part(
            "the rate",
            rate(
                curves.k_decay_lr,
                step,
                {
                    curves.k: Integer(1),
                    curves.SHAPE["cosine"]: true,
                    curves.SHAPE["polynomial"]: false,
                },
            ),
            rate(cosine_annealing_lr, step, {clamp: true, T_max: curves.total_steps}),
            Lt(step, curves.total_steps),
        ),
    ),
    Verdict.PROVED,
    (),
    "timm's k_decay",
    about=("KDecayLR", "CosineAnnealingLR"),
)

_W, _D = adaptive.warmup_steps, adaptive.model_size

noam_inverse_sqrt = Identity(
    "noam-inverse-sqrt",
    "NoamLR at a step is, after the warm-up, InverseSqrtLR at the next step, from `lr` over the "
    "root of `model_size*warmup_steps`.",
    (
        Part(
            "after the warm-up",
            lr / sqrt(_D) / sqrt(step + 1),
            rate(
                decays.inverse_sqrt_lr,
                step + 1,
                {decays.timescale: _W, lr: lr / sqrt(_D) / sqrt(_W)},
            ),
            (step + 1 > _W) & (_W >= 1) & (_D >= 1),
        ),
        Part(
            "during it",
            lr / sqrt(_D) * (step + 1) / (_W * sqrt(_W)),
            rate(
                decays.inverse_sqrt_lr,
                step + 1,
                {decays.timescale: _W, lr: lr / sqrt(_D) / sqrt(_W)},
            ),
            (step + 1 < _W) & (_W >= 1) & (_D >= 1),
        ),
    ),
    Verdict.PROVED,
    ("the smaller of the two terms of NoamLR is the one that grows until the warm-up ends",),
    "Vaswani et al., 2017, arXiv:1706.03762, equation 3",
    about=("NoamLR", "InverseSqrtLR"),
)
