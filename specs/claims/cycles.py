"""Schedules of one cycle and of many: where they turn, and how momentum follows."""

from sympy import Integer, Symbol

from ..language import step
from ..language.claims import Identity, Part, Verdict
from ..schedules.cycles import (
    base_lr,
    base_momentum,
    max_lr,
    max_momentum,
    pct_start,
    step_size_down,
    step_size_up,
    total_steps,
)

_TORCH_SHARE = (step - (pct_start * total_steps - 1)) / (total_steps - pct_start * total_steps)
_OPTAX_SHARE = (step - pct_start * total_steps) / (total_steps - pct_start * total_steps)

one_cycle_ends = Identity(
    "one-cycle-ends",
    "torch's OneCycleLR has its highest rate at step pct_start T - 1 and its lowest at T - 1, the "
    "last of T steps.",
    (
        Part("the highest", _TORCH_SHARE.xreplace({step: pct_start * total_steps - 1}), Integer(0)),
        Part("the lowest", _TORCH_SHARE.xreplace({step: total_steps - 1}), Integer(1)),
    ),
    Verdict.PROVED,
    ("pct_start is not 1",),
    "torch.optim.lr_scheduler.OneCycleLR",
    about=("OneCycleLR",),
)

one_cycle_optax = Identity(
    "one-cycle-optax",
    "optax's one-cycle schedule, with its phases ending at pct_start T and T, does not reach its "
    "lowest rate in T steps.",
    (Part("the last step", _OPTAX_SHARE.xreplace({step: total_steps - 1}), Integer(1)),),
    Verdict.REFUTED,
    (),
    "optax.cosine_onecycle_schedule",
    about=("OneCycleLR",),
)

one_cycle_shift = Identity(
    "one-cycle-shift",
    "The way down of optax's one-cycle schedule is torch's, one step later.",
    (Part("the share", _OPTAX_SHARE.xreplace({step: step + 1}), _TORCH_SHARE),),
    Verdict.PROVED,
    (),
    "optax.cosine_onecycle_schedule",
    about=("OneCycleLR",),
)

_position = Symbol("position", real=True)
_UP = _position / step_size_up
_DOWN = (step_size_up + step_size_down - _position) / step_size_down

cyclic_turns = Identity(
    "cyclic-turns",
    "CyclicLR is continuous: up and down meet at the highest rate, and down ends where up starts.",
    (
        Part("at the top", _UP.xreplace({_position: step_size_up}), Integer(1)),
        Part("down from it", _DOWN.xreplace({_position: step_size_up}), Integer(1)),
        Part("at the end", _DOWN.xreplace({_position: step_size_up + step_size_down}), Integer(0)),
        Part("at the start", _UP.xreplace({_position: Integer(0)}), Integer(0)),
    ),
    Verdict.PROVED,
    ("both numbers of steps are positive",),
    "Smith, 2017, arXiv:1506.01186, section 3.2",
    about=("CyclicLR",),
)

_height = Symbol("height", real=True)
_RATE = base_lr + (max_lr - base_lr) * _height
_MOMENTUM = max_momentum - (max_momentum - base_momentum) * _height

cyclic_momentum = Identity(
    "cyclic-momentum",
    "As far as the rate is above its lowest, so far is the momentum below its highest.",
    (
        Part(
            "as shares of their ranges",
            (_RATE - base_lr) / (max_lr - base_lr),
            (max_momentum - _MOMENTUM) / (max_momentum - base_momentum),
        ),
    ),
    Verdict.PROVED,
    ("neither range is empty",),
    "Smith & Topin, 2018, arXiv:1708.07120, section 3",
    about=("CyclicLR",),
)
