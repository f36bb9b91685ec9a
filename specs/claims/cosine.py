"""Cosine annealing: its recurrence, its end, its restarts, behind a warm-up and in a chain."""

from collections.abc import Mapping

from sympy import Basic, Expr, Gt, Integer, Lt, Symbol, cos, false, pi, true

from ..language import lr, step, t
from ..language.claims import Identity, Part, Verdict
from ..schedules.cosine import T_0, T_max, T_mult, annealed, clamp, cosine_annealing_lr, eta_min
from ..schedules.decays import gamma
from .decaying_rates import TORCH
from .forms import rate

n = Symbol("n", integer=True, positive=True)
_OPEN = {clamp: false}
_HELD = {clamp: true}


def _cosine(at: Basic, options: Mapping[Basic, Basic] = _OPEN) -> Expr:
    return rate(cosine_annealing_lr, at, options)


def _following(last: Expr, at: Expr) -> Expr:
    """The rate after ``last`` as torch computes it, but at the turning points."""
    ratio = (1 + cos(pi * at / T_max)) / (1 + cos(pi * (at - 1) / T_max))
    return eta_min + (last - eta_min) * ratio


cosine_chain = Identity(
    "cosine-chain",
    "The recurrence by ratios of cosines, with its own step from the lowest rate, is the closed "
    "form of CosineAnnealingLR.",
    (
        Part("at step 0", _cosine(Integer(0)), lr),
        Part("from one step to the next", _cosine(t), _following(_cosine(t - 1), t)),
        Part("at the lowest rate", _cosine(T_max), eta_min),
        Part(
            "from the lowest rate, where the ratio divides by 0",
            _cosine(T_max + 1),
            _cosine(T_max) + (lr - eta_min) * (1 - cos(pi / T_max)) / 2,
        ),
    ),
    Verdict.PROVED,
    ("the last rate is not the lowest, where there is a ratio",),
    TORCH,
    about=("CosineAnnealingLR",),
)

cosine_clamp = Identity(
    "cosine-clamp",
    "Up to T_max steps it makes no difference whether CosineAnnealingLR is clamped.",
    (
        Part("before the end", _cosine(step, _HELD), _cosine(step), Lt(step, T_max)),
        Part("at the end", _cosine(T_max, _HELD), _cosine(T_max)),
    ),
    Verdict.PROVED,
    (),
    "torch is not clamped; Keras and optax are",
    about=("CosineAnnealingLR",),
)

cosine_past_end = Identity(
    "cosine-past-end",
    "After T_max steps CosineAnnealingLR is not the clamped one: it rises again.",
    (Part("the rate", _cosine(step, _HELD), _cosine(step), Gt(step, T_max)),),
    Verdict.REFUTED,
    (),
    "torch is not clamped; Keras and optax are",
    about=("CosineAnnealingLR",),
)

cosine_period = Identity(
    "cosine-period",
    "CosineAnnealingLR has the period 2 T_max and is symmetric about T_max.",
    (
        Part("a period later", _cosine(step + 2 * T_max), _cosine(step)),
        Part("as far after T_max as before", _cosine(T_max + step), _cosine(T_max - step)),
    ),
    Verdict.PROVED,
    about=("CosineAnnealingLR",),
)

restarts_lengths = Identity(
    "restarts-lengths",
    "In CosineAnnealingWarmRestarts a cycle starts where the one before it ends.",
    (
        Part(
            "for growing cycles",
            T_0 * (T_mult**n - 1) / (T_mult - 1),
            T_0 * (T_mult ** (n - 1) - 1) / (T_mult - 1) + T_0 * T_mult ** (n - 1),
        ),
        Part("for equal ones", T_0 * n, T_0 * (n - 1) + T_0),
        Part("a start", annealed(Integer(0)), lr),
        Part("an end", annealed(Integer(1)), eta_min),
    ),
    Verdict.PROVED,
    ("T_mult is 1, or larger",),
    "Loshchilov & Hutter, 2017, arXiv:1608.03983, section 3",
    about=("CosineAnnealingWarmRestarts",),
)

_warm, _total = (Symbol(s, integer=True, positive=True) for s in ("warm", "total"))
_AFTER_WARMUP = step - _warm

warmup_counted = Identity(
    "warmup-counted",
    "A cosine whose total counts the warm-up, as in optax and transformers, is the one behind a "
    "warm-up whose own steps are total - warm.",
    (
        Part(
            "after the warm-up",
            annealed(_AFTER_WARMUP / (_total - _warm)),
            _cosine(_AFTER_WARMUP).xreplace({T_max: _total - _warm}),
        ),
    ),
    Verdict.PROVED,
    ("total is not warm",),
    "optax.warmup_cosine_decay_schedule",
    about=("LinearWarmupLR", "CosineAnnealingLR"),
)

warmup_not_counted = Identity(
    "warmup-not-counted",
    "A cosine whose total counts the warm-up is not one whose own steps are total, as in Keras.",
    (
        Part(
            "after the warm-up",
            annealed(_AFTER_WARMUP / (_total - _warm)),
            _cosine(_AFTER_WARMUP).xreplace({T_max: _total}),
        ),
    ),
    Verdict.REFUTED,
    ("total is not warm",),
    "Keras, CosineDecay",
    about=("LinearWarmupLR", "CosineAnnealingLR"),
)


def _chained(at: Expr, lowest: Expr) -> Expr:
    """Exponential decay and, of what it gives, cosine annealing: the closed form."""
    decayed = lr * gamma**at
    return _cosine(at).xreplace({lr: decayed, eta_min: lowest})


def _chained_torch(at: Expr, lowest: Expr) -> Expr:
    """One step of each recurrence, one after the other."""
    return _following(gamma * _chained(at - 1, lowest), at).xreplace({eta_min: lowest})


chain_of_factors = Identity(
    "chain-of-factors",
    "Where all schedules of a chain multiply the rate, stepping each of them in turn is their "
    "closed forms applied in turn.",
    (
        Part("at step 0", _chained(Integer(0), Integer(0)), lr),
        Part(
            "from one step to the next",
            _chained(t, Integer(0)),
            _chained_torch(t, Integer(0)),
        ),
    ),
    Verdict.PROVED,
    ("exponential decay and cosine annealing to 0, before T_max",),
    "torch.optim.lr_scheduler.ChainedScheduler",
    about=("ChainedScheduler", "ExponentialLR", "CosineAnnealingLR"),
)

chain_to_a_floor = Identity(
    "chain-to-a-floor",
    "With a lowest rate that is not 0, stepping the schedules of a chain in turn is not applying "
    "their closed forms: torch's chain then has no closed form of its parts.",
    (
        Part(
            "from one step to the next",
            _chained(t, eta_min),
            _chained_torch(t, eta_min),
        ),
    ),
    Verdict.REFUTED,
    (),
    "torch.optim.lr_scheduler.ChainedScheduler",
    about=("ChainedScheduler", "ExponentialLR", "CosineAnnealingLR"),
)
