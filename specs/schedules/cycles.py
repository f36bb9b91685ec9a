"""Rates that go up and down again, with the momentum against them."""

from typing import cast

from sympy import And, Eq, Expr, Max, Min, Mod, Not, Or, Piecewise, Rational, Symbol, cos, floor, pi

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    UNIT_CLOSED,
    Choice,
    Constraint,
    Function,
    Hyper,
    Option,
    Schedule,
    Update,
    call,
    counts,
    eta,
    flags,
    given,
    hyperparameters,
    intermediates,
    lr,
    mu,
    step,
)

base_lr, max_lr, step_size_up, step_size_down, gamma, scale_fn = hyperparameters(
    "base_lr max_lr step_size_up step_size_down gamma scale_fn"
)
base_momentum, max_momentum = hyperparameters("base_momentum max_momentum")
pct_start, div_factor, final_div_factor = hyperparameters("pct_start div_factor final_div_factor")
total_steps, epochs, steps_per_epoch = counts("total_steps epochs steps_per_epoch")
cycle_momentum, three_phase = flags("cycle_momentum three_phase")

length, cycle, position, height, scale = intermediates("length cycle position height scale")
at, peak, trough, left, phase, share, weight = intermediates(
    "at peak trough left phase share weight"
)
initial_rate, final_rate, before, after = intermediates("initial_rate final_rate before after")
momentum_before, momentum_after = intermediates("momentum_before momentum_after")

CYCLE_MOMENTUM = Option(
    cycle_momentum, "set the momentum (or beta1) too, low where the rate is high", default=True
)
MAX_LR = Hyper(max_lr, "", NON_NEGATIVE, "the highest rate", latex=r"\eta_{\max}", per_group=True)

MOMENTA_IN_ORDER = Constraint(
    base_momentum <= max_momentum, "base_momentum must not be above max_momentum"
)


def momentum(symbol: Symbol, default: str, doc: str, latex: str) -> Hyper:
    """An end of the range the momentum moves in."""
    return Hyper(symbol, default, NON_NEGATIVE, doc, latex=latex, per_group=True)


_mode = Choice(
    "mode",
    ("triangular", "triangular2", "exp_range"),
    "the height of a cycle: the same, half of the one before, or times gamma each step",
)
_scale_mode = Choice(
    "scale_mode", ("cycle", "iterations"), "what scale_fn is a function of: the cycle, or the step"
)
_GROWTH = height[step] * scale[step]

cyclic_lr = Schedule(
    "CyclicLR",
    summary="Up and down between two rates, linearly, again and again.",
    source="Smith, 2017, arXiv:1506.01186, section 3.2",
    peer="torch.optim.lr_scheduler.CyclicLR",
    keys={
        "max_lr": "max_lrs",
        "scale_fn": "_scale_fn_custom",
        "base_momentum": "base_momentums",
        "max_momentum": "max_momentums",
    },
    hyper=[
        Hyper(base_lr, "", NON_NEGATIVE, "the lowest rate", latex=r"\eta_{\min}", per_group=True),
        MAX_LR,
        Hyper(step_size_up, "2000", POSITIVE, "steps up", latex="u"),
        Hyper(step_size_down, "", POSITIVE, "steps down", latex="d", derived=step_size_up),
        _mode,
        Hyper(gamma, "1", NON_NEGATIVE, "factor per step of exp_range", latex=r"\gamma"),
        Function(
            scale_fn,
            "the height of a cycle, in place of mode's; of the cycle, counted from 1, or the step",
            optional=True,
            latex="f",
        ),
        _scale_mode,
        CYCLE_MOMENTUM,
        momentum(base_momentum, "0.8", "the lowest momentum", r"\mu_{\min}"),
        momentum(max_momentum, "0.9", "the highest momentum", r"\mu_{\max}"),
    ],
    updates=[
        Update(length[step], step_size_up + step_size_down),
        Update(cycle[step], 1 + floor(step / length[step])),
        Update(position[step], Mod(step, length[step])),
        Update(
            height[step],
            Piecewise(
                (position[step] / step_size_up, position[step] <= step_size_up),
                ((length[step] - position[step]) / step_size_down, True),
            ),
        ),
        Update(
            scale[step],
            Piecewise(
                (call(scale_fn, cycle[step]), And(given(scale_fn), _scale_mode["cycle"])),
                (call(scale_fn, step), given(scale_fn)),
                (Rational(1, 2) ** (cycle[step] - 1), _mode["triangular2"]),
                (gamma**step, _mode["exp_range"]),
                (1, True),
            ),
        ),
        Update(eta[step], base_lr + (max_lr - base_lr) * _GROWTH),
        Update(mu[step], max_momentum - (max_momentum - base_momentum) * _GROWTH),
    ],
    constraints=[
        Constraint(base_lr <= max_lr, "base_lr must not be above max_lr"),
        MOMENTA_IN_ORDER,
    ],
    momentum_when=cycle_momentum,
    example={
        "base_lr": "0.01",
        "max_lr": "0.1",
        "step_size_up": "20",
        "mode": "triangular2",
    },
    span=160,
)

_strategy = Choice(
    "anneal_strategy",
    ("cos", "linear"),
    "the way from one rate to the next: half a cosine, or straight",
)
_RISING = And(peak[step] > 0, at[step] <= peak[step])
_RETURNING = And(three_phase, peak[step] > 0, at[step] <= 2 * peak[step])


_FROM_THE_TOP = Or(Eq(phase[step], 2), And(Eq(phase[step], 3), Not(three_phase)))
"""Where a phase starts at the highest rate."""


def _between(start: Expr, end: Expr) -> Expr:
    """Written so that both ends are met exactly, however far apart they are."""
    return start * (1 - weight[step]) + end * weight[step]


one_cycle_lr = Schedule(
    "OneCycleLR",
    summary="Rises to the highest rate, then falls far below the first, in total_steps steps.",
    source="Smith & Topin, 2018, arXiv:1708.07120; phases as in torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.OneCycleLR",
    keys={"anneal_strategy": "_anneal_func_type"},
    hyper=[
        MAX_LR,
        Hyper(
            total_steps,
            "",
            AT_LEAST_ONE,
            "steps in all",
            latex="T",
            derived=cast(Expr, epochs * steps_per_epoch),
        ),
        Hyper(
            epochs,
            "",
            AT_LEAST_ONE,
            "with steps_per_epoch, in place of total_steps",
            omissible=True,
        ),
        Hyper(
            steps_per_epoch,
            "",
            AT_LEAST_ONE,
            "with epochs, in place of total_steps",
            omissible=True,
        ),
        Hyper(pct_start, "0.3", UNIT_CLOSED, "share of the steps on the way up", latex="q"),
        _strategy,
        CYCLE_MOMENTUM,
        momentum(base_momentum, "0.85", "the lowest momentum", r"\mu_{\min}"),
        momentum(max_momentum, "0.95", "the highest momentum", r"\mu_{\max}"),
        Hyper(div_factor, "25", POSITIVE, "the highest rate over the first", latex="D"),
        Hyper(final_div_factor, "1e4", POSITIVE, "the first rate over the last", latex="F"),
        Option(three_phase, "down to the first rate as fast as up, then on to the last"),
    ],
    updates=[
        Update(initial_rate[step], max_lr / div_factor),
        Update(final_rate[step], initial_rate[step] / final_div_factor),
        Update(at[step], Min(step, total_steps - 1)),
        Update(peak[step], pct_start * total_steps - 1),
        Update(trough[step], Piecewise((2 * peak[step], three_phase), (peak[step], True))),
        Update(left[step], total_steps - 1 - trough[step]),
        Update(phase[step], Piecewise((1, _RISING), (2, _RETURNING), (3, True))),
        Update(
            share[step],
            Piecewise(
                (at[step] / peak[step], _RISING),
                ((at[step] - peak[step]) / peak[step], _RETURNING),
                ((at[step] - trough[step]) / left[step], left[step] > 0),
                (0, True),
            ),
        ),
        Update(
            weight[step],
            Piecewise(((1 - cos(pi * share[step])) / 2, _strategy["cos"]), (share[step], True)),
        ),
        Update(before[step], Piecewise((max_lr, _FROM_THE_TOP), (initial_rate[step], True))),
        Update(
            after[step],
            Piecewise(
                (max_lr, Eq(phase[step], 1)),
                (initial_rate[step], Eq(phase[step], 2)),
                (final_rate[step], True),
            ),
        ),
        Update(eta[step], _between(before[step], after[step])),
        Update(
            momentum_before[step],
            Piecewise((base_momentum, _FROM_THE_TOP), (max_momentum, True)),
        ),
        Update(
            momentum_after[step],
            Piecewise((base_momentum, Eq(phase[step], 1)), (max_momentum, True)),
        ),
        Update(
            mu[step],
            _between(momentum_before[step], momentum_after[step]),
        ),
    ],
    constraints=[MOMENTA_IN_ORDER],
    momentum_when=cycle_momentum,
    example={"max_lr": "0.1", "total_steps": "100"},
)

cut, slant = intermediates("cut slant")
cut_frac, ratio = hyperparameters("cut_frac ratio")

slanted_triangular_lr = Schedule(
    "SlantedTriangularLR",
    summary="A short rise from 1/ratio of the rate, and a long fall back to it.",
    source="Howard & Ruder, 2018, arXiv:1801.06146, equation 3",
    hyper=[
        Hyper(total_steps, "", AT_LEAST_ONE, "steps in all", latex="T"),
        Hyper(cut_frac, "0.1", UNIT, "share of the steps on the way up", latex="c"),
        Hyper(ratio, "32", AT_LEAST_ONE, "the highest rate over the lowest", latex="r"),
    ],
    updates=[
        Update(cut[step], floor(total_steps * cut_frac)),
        Update(
            slant[step],
            Piecewise(
                (step / Max(cut[step], 1), step < cut[step]),
                (Max(total_steps - step, 0) / Max(total_steps - cut[step], 1), True),
            ),
        ),
        Update(eta[step], lr * (1 + slant[step] * (ratio - 1)) / ratio),
    ],
    example={"lr": "0.1", "total_steps": "80"},
)
