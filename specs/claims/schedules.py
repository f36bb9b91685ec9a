"""Schedules: closed forms against recurrences, and where libraries of one name disagree."""

from collections.abc import Mapping

from sympy import Basic, Expr, Gt, Integer, Le, Lt, Piecewise, Symbol, cos, false, pi, sqrt, true

from ..language import Schedule, Value, eta, lr, step, t
from ..language.claims import Identity, Part, Verdict
from ..schedules.cosine import (
    T_0,
    T_max,
    T_mult,
    annealed,
    clamp,
    cosine_annealing_lr,
    eta_min,
)
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

n = Symbol("n", integer=True, positive=True)
m, bad, patience = (Symbol(s, integer=True, nonnegative=True) for s in ("m", "bad", "patience"))
before, after = (Symbol(s, real=True) for s in ("before", "after"))


def rate(
    schedule: Schedule,
    at: Basic,
    options: Mapping[Basic, Basic] | None = None,
) -> Expr:
    """The rate at a step as an expression in the arguments, options settled."""
    equations = {u.target: u.value for u in schedule.updates}
    result: Basic = equations[eta[step]]
    while named := [v for v in result.atoms(Value) if v in equations]:
        result = result.xreplace({v: equations[v] for v in named})
    return result.xreplace({**(options or {}), step: at})  # pyright: ignore[reportReturnType]


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
    "The same factors after total_iters would not keep the rate constant.",
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


def _pieces(boundary: Basic) -> Expr:
    return Piecewise((before, boundary), (after, True))


boundary_keras = Identity(
    "piecewise-boundary-keras",
    "Keras' PiecewiseConstantDecay, which keeps a rate at its boundary too, changes one step "
    "later than torch's and optax' schedules.",
    (Part("at the boundary m", _pieces(Lt(step, m)), _pieces(Le(step, m))),),
    Verdict.REFUTED,
    (),
    "Keras, PiecewiseConstantDecay",
    about=("PiecewiseConstantLR", "MultiStepLR"),
)

boundary_elsewhere = Identity(
    "piecewise-boundary-elsewhere",
    "At all other steps the two agree.",
    (
        Part("before m", _pieces(Lt(step, m)), _pieces(Le(step, m)), Lt(step, m)),
        Part("after m", _pieces(Lt(step, m)), _pieces(Le(step, m)), Gt(step, m)),
    ),
    Verdict.PROVED,
    (),
    "Keras, PiecewiseConstantDecay",
    about=("PiecewiseConstantLR", "MultiStepLR"),
)


def _reduced(reduces: Basic) -> Expr:
    return Piecewise((Integer(1), reduces), (Integer(0), True))


patience_optax = Identity(
    "patience-optax",
    "With the same patience, reducing at the patience-th failure in a row, as optax does, is not "
    "reducing at the one after it, as torch does.",
    (Part("whether it reduces", _reduced(Gt(bad, patience)), _reduced(bad >= patience)),),
    Verdict.REFUTED,
    (),
    "optax.contrib.reduce_on_plateau",
    about=("ReduceLROnPlateau",),
)

patience_shifted = Identity(
    "patience-shifted",
    "torch's patience is optax' less 1: both reduce at the same failure.",
    (
        Part(
            "at optax' patience-th failure and after it",
            _reduced(Gt(bad, patience - 1)),
            _reduced(bad >= patience),
            bad >= patience,
        ),
        Part(
            "before it",
            _reduced(Gt(bad, patience - 1)),
            _reduced(bad >= patience),
            Le(bad, patience - 1),
        ),
    ),
    Verdict.PROVED,
    ("failures and patience are whole numbers",),
    "optax.contrib.reduce_on_plateau",
    about=("ReduceLROnPlateau",),
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
    "optax', with its phases ending at pct_start T and T, does not reach its lowest rate in T "
    "steps.",
    (Part("the last step", _OPTAX_SHARE.xreplace({step: total_steps - 1}), Integer(1)),),
    Verdict.REFUTED,
    (),
    "optax.cosine_onecycle_schedule",
    about=("OneCycleLR",),
)

one_cycle_shift = Identity(
    "one-cycle-shift",
    "optax' way down is torch's, one step later.",
    (Part("the share", _OPTAX_SHARE.xreplace({step: step + 1}), _TORCH_SHARE),),
    Verdict.PROVED,
    (),
    "optax.cosine_onecycle_schedule",
    about=("OneCycleLR",),
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
    "It is not the one whose own steps are total, as in Keras.",
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
    "With a lowest rate that is not 0 it is not: torch's chain then has no closed form of its "
    "parts.",
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
