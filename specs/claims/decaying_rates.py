"""Schedules that decay: closed forms against recurrences, and forms of one another."""

from sympy import Gt, Integer, Le, Symbol, sqrt

from ..language import lr, step, t
from ..language.claims import Identity, Part, Verdict
from ..schedules.decays import (
    decay,
    decay_steps,
    exponential_lr,
    gamma,
    inverse_sqrt_lr,
    inverse_time_lr,
    polynomial_lr,
    power,
    power_lr,
    timescale,
    warmup_steps,
)
from ..schedules.factors import end_factor, linear_lr, start_factor, total_iters
from ..schedules.steps import step_lr, step_size
from .forms import rate

n = Symbol("n", integer=True, positive=True)
TORCH = "torch.optim.lr_scheduler, which multiplies the last rate"

exponential_chain = Identity(
    "exponential-chain",
    "Multiplying by gamma at every step is gamma^step.",
    (
        Part("at step 0", rate(exponential_lr, Integer(0)), lr),
        Part(
            "from one step to the next",
            rate(exponential_lr, t, {decay_steps: Integer(1)}),
            gamma * rate(exponential_lr, t - 1, {decay_steps: Integer(1)}),
        ),
    ),
    Verdict.PROVED,
    ("gamma is positive",),
    TORCH,
    about=("ExponentialLR",),
)

_STEP_FACTOR = 1 + (end_factor - start_factor) / (
    total_iters * start_factor + (t - 1) * (end_factor - start_factor)
)

linear_chain = Identity(
    "linear-chain",
    "The factors by which the last rate is multiplied make up LinearLR's line.",
    (
        Part("at step 0", rate(linear_lr, Integer(0)), lr * start_factor, total_iters >= 1),
        Part(
            "up to total_iters",
            rate(linear_lr, t),
            rate(linear_lr, t - 1) * _STEP_FACTOR,
            Le(t, total_iters),
        ),
        Part("after it", rate(linear_lr, t), rate(linear_lr, t - 1), Gt(t, total_iters)),
    ),
    Verdict.PROVED,
    ("start_factor is positive: from a rate of 0 no factor leads away",),
    TORCH,
    about=("LinearLR",),
)

linear_chain_on = Identity(
    "linear-chain-beyond",
    "LinearLR's factors, applied after total_iters, would not keep the rate constant.",
    (
        Part(
            "after total_iters",
            rate(linear_lr, t),
            rate(linear_lr, t - 1) * _STEP_FACTOR,
            Gt(t, total_iters),
        ),
    ),
    Verdict.REFUTED,
    about=("LinearLR",),
)

_SQUARED = {power: Integer(2)}

polynomial_chain = Identity(
    "polynomial-chain",
    "The powers of the ratios of what is left make up PolynomialLR: here for power 2.",
    (
        Part("at step 0", rate(polynomial_lr, Integer(0), _SQUARED), lr, total_iters >= 1),
        Part(
            "from one step to the next",
            rate(polynomial_lr, t, _SQUARED),
            rate(polynomial_lr, t - 1, _SQUARED) * ((total_iters - t) / (total_iters - t + 1)) ** 2,
            Le(t, total_iters),
        ),
    ),
    Verdict.PROVED,
    ("power is 2",),
    TORCH,
    about=("PolynomialLR",),
)

exponential_per_step = Identity(
    "exponential-per-step",
    "gamma over decay_steps steps is its decay_steps-th root at every step.",
    (
        Part(
            "a step",
            rate(exponential_lr, t),
            gamma ** (1 / decay_steps) * rate(exponential_lr, t - 1),
        ),
        Part("after decay_steps steps", rate(exponential_lr, decay_steps), lr * gamma),
    ),
    Verdict.PROVED,
    ("gamma is positive",),
    "study notes, exponential scheduling: lr 0.1^(t/s)",
    about=("ExponentialLR",),
)

steps_of_exponential = Identity(
    "steps-of-exponential",
    "At the multiples of step_size StepLR is the exponential decay over step_size steps.",
    (
        Part(
            "at n step_size",
            rate(step_lr, n * step_size),
            rate(exponential_lr, n * step_size, {decay_steps: step_size}),
        ),
    ),
    Verdict.PROVED,
    about=("StepLR", "ExponentialLR"),
)

steps_between = Identity(
    "steps-between",
    "Between the multiples of step_size StepLR is not the exponential decay.",
    (
        Part(
            "at any step",
            rate(step_lr, step),
            rate(exponential_lr, step, {decay_steps: step_size}),
        ),
    ),
    Verdict.REFUTED,
    about=("StepLR", "ExponentialLR"),
)

inverse_time_power = Identity(
    "inverse-time-power",
    "Time-based decay is power scheduling with power 1 and decay = 1/decay_steps.",
    (
        Part(
            "the rate",
            rate(power_lr, step, {power: Integer(1)}),
            rate(inverse_time_lr, step, {decay: 1 / decay_steps}),
        ),
    ),
    Verdict.PROVED,
    (),
    "study notes, time-based decay and power scheduling",
    about=("InverseTimeLR", "PowerLR"),
)

inverse_time_printed = Identity(
    "inverse-time-printed",
    "Dividing the last rate by 1 + decay t, as lr = lr/(1 + decay t) says in a program, is not "
    "time-based decay: the divisors multiply.",
    (
        Part(
            "from one step to the next",
            rate(inverse_time_lr, t),
            rate(inverse_time_lr, t - 1) / (1 + decay * t),
            Gt(t, 1),
        ),
    ),
    Verdict.REFUTED,
    (),
    "study notes, learning-rate decay as printed",
    about=("InverseTimeLR",),
)

inverse_time_chain = Identity(
    "inverse-time-chain",
    "The divisor by which the last rate is to be divided is (1 + decay t)/(1 + decay (t - 1)).",
    (
        Part("at step 0", rate(inverse_time_lr, Integer(0)), lr),
        Part(
            "from one step to the next",
            rate(inverse_time_lr, t),
            rate(inverse_time_lr, t - 1) * (1 + decay * (t - 1)) / (1 + decay * t),
        ),
    ),
    Verdict.PROVED,
    about=("InverseTimeLR",),
)

_VASWANI = {timescale: warmup_steps}

inverse_sqrt_vaswani = Identity(
    "inverse-sqrt-vaswani",
    "With timescale = warmup_steps, InverseSqrtLR is the transformer's rate, up to a constant: "
    "step/warmup_steps^(3/2) before the end of the warm-up, 1/sqrt(step) from there on.",
    (
        Part(
            "during the warm-up",
            rate(inverse_sqrt_lr, step, _VASWANI),
            lr * sqrt(warmup_steps) * step / sqrt(warmup_steps) ** 3,
            (step < warmup_steps) & (warmup_steps >= 1),
        ),
        Part(
            "after it",
            rate(inverse_sqrt_lr, step, _VASWANI),
            lr * sqrt(warmup_steps) / sqrt(step),
            (step > warmup_steps) & (warmup_steps >= 1),
        ),
        Part(
            "in between",
            rate(inverse_sqrt_lr, warmup_steps, _VASWANI),
            lr,
            warmup_steps >= 1,
        ),
    ),
    Verdict.PROVED,
    (),
    "Vaswani et al., 2017, arXiv:1706.03762, equation 3",
    about=("InverseSqrtLR",),
)
