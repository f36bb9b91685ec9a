"""Warm-ups of other schedules: in front of one, or of the first steps of one that runs.

In front of it, a schedule waits at its first rate, of which the warm-up is a share. Where it runs,
a factor is on its own rate at each step, and comes near 1 by itself.
"""

from collections.abc import Sequence
from fractions import Fraction

from sympy import Expr, Max, Min, Piecewise, cos, exp, pi, sqrt

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Interval,
    Sample,
    Schedule,
    Schedules,
    Update,
    counts,
    eta,
    hyperparameters,
    intermediates,
    lr,
    momentum_of,
    mu,
    rate_of,
    step,
)
from .cosine import cosine_annealing_lr

scheduler, start_factor, beta2, time_constant = hyperparameters(
    "scheduler start_factor beta2 time_constant"
)
warmup_steps, offset = counts("warmup_steps offset")
count, averaged, factor = intermediates("count averaged factor")

_EXAMPLE = Sample(cosine_annealing_lr, {"lr": "0.1", "T_max": "80"})
_DONE = step / warmup_steps
"""The share of the warm-up that is done."""


def _in_front(name: str, summary: str, source: str, rising: Expr) -> Schedule:
    """A warm-up before a schedule, along what rises from 0 to 1 as its steps go by."""
    return Schedule(
        name,
        summary=summary,
        source=source,
        hyper=[
            Schedules(scheduler, "the schedule to warm up for", latex="S"),
            Hyper(warmup_steps, "", AT_LEAST_ONE, "steps of the warm-up", latex="w"),
            Hyper(start_factor, "0", UNIT_CLOSED, "factor at step 0", latex="a"),
        ],
        updates=[
            Update(
                eta[step],
                Piecewise(
                    (
                        rate_of(scheduler, 0, lr) * (start_factor + (1 - start_factor) * rising),
                        step < warmup_steps,
                    ),
                    (rate_of(scheduler, step - warmup_steps, lr), True),
                ),
            ),
            Update(
                mu[step],
                Piecewise(
                    (momentum_of(scheduler, 0), step < warmup_steps),
                    (momentum_of(scheduler, step - warmup_steps), True),
                ),
            ),
        ],
        example={"scheduler": _EXAMPLE, "warmup_steps": "20"},
    )


linear_warmup_lr = _in_front(
    "LinearWarmupLR",
    "A linear warm-up before another schedule, which starts when it is done.",
    "Goyal et al., 2017, arXiv:1706.02677, section 2.2",
    _DONE,
)

cosine_warmup_lr = _in_front(
    "CosineWarmupLR",
    "A warm-up along half a cosine before another schedule, which starts after it.",
    "common practice, as in transformers",
    (1 - cos(pi * _DONE)) / 2,
)

quadratic_warmup_lr = _in_front(
    "QuadraticWarmupLR",
    "A quadratic warm-up before another schedule, which starts when it is done.",
    "common practice, as in axolotl",
    _DONE**2,
)

sqrt_warmup_lr = _in_front(
    "SqrtWarmupLR",
    "A warm-up by 1 - sqrt of what is left, before another schedule, which starts then.",
    "common practice, as in transformers",
    1 - sqrt(Max(1 - _DONE, 0)),
)


def _running(
    name: str,
    summary: str,
    source: str,
    hyper: Sequence[Hyper],
    share: Expr,
    before: Sequence[Update] = (),
) -> Schedule:
    """A factor on the rate of a schedule that runs."""
    return Schedule(
        name,
        summary=summary,
        source=source,
        hyper=[Schedules(scheduler, "the schedule whose rates are damped", latex="S"), *hyper],
        updates=[
            *before,
            Update(factor[step], share),
            Update(eta[step], rate_of(scheduler, step, lr) * factor[step]),
            Update(mu[step], momentum_of(scheduler, step)),
        ],
        example={
            "scheduler": _EXAMPLE,
            **{h.name: "20" for h in hyper if not h.default},
            **({"beta2": "0.9"} if beta2 in {h.symbol for h in hyper} else {}),
        },
    )


_UNTUNED = "Ma & Yarats, 2021, arXiv:1910.04209, section 4.2"
_BETA2 = Hyper(
    beta2, "0.999", UNIT, "Adam's second decay rate, that sets the time", latex=r"\beta_2"
)

exponential_warmup_lr = _running(
    "ExponentialWarmupLR",
    "A factor of 1 - exp(-t/time_constant) on another schedule, with t counted from 1.",
    _UNTUNED,
    [Hyper(time_constant, "", POSITIVE, "steps in which it comes to 1 - 1/e", latex=r"\tau")],
    1 - exp(-(step + 1) / time_constant),
)

untuned_linear_warmup_lr = _running(
    "UntunedLinearWarmupLR",
    "A linear warm-up over 2/(1 - beta2) steps of another schedule, which runs meanwhile.",
    _UNTUNED,
    [_BETA2],
    Min(1, (1 - beta2) * (step + 1) / 2),
)

untuned_exponential_warmup_lr = _running(
    "UntunedExponentialWarmupLR",
    "An exponential warm-up of time 1/(1 - beta2), of a schedule that runs meanwhile.",
    _UNTUNED,
    [_BETA2],
    1 - exp(-(1 - beta2) * (step + 1)),
)

_LENGTH = 2 / (1 - beta2) - 1
"""RAdam's: how many gradients the average comes to have the length of."""

radam_warmup_lr = _running(
    "RAdamWarmupLR",
    "RAdam's rectification as a warm-up of another schedule, which runs meanwhile.",
    "Liu et al., 2020, arXiv:1908.03265, Algorithm 2; from the first step on that has one: "
    f"{_UNTUNED}",
    [
        Hyper(
            beta2,
            "0.999",
            Interval(low=Fraction(3, 5), high=Fraction(1), low_open=True, high_open=True),
            _BETA2.doc,
            latex=r"\beta_2",
        ),
        Hyper(
            offset,
            "4",
            NON_NEGATIVE,
            "steps of RAdam that are left out; where it has no factor yet, it is 0",
            latex=r"\delta",
        ),
    ],
    Piecewise(
        (
            sqrt(
                (averaged[step] - 4)
                * (averaged[step] - 2)
                * _LENGTH
                / ((_LENGTH - 4) * (_LENGTH - 2) * averaged[step])
            ),
            averaged[step] > 4,
        ),
        (0, True),
    ),
    before=[
        Update(count[step], step + 1 + offset),
        Update(
            averaged[step],
            _LENGTH - 2 * count[step] * beta2 ** count[step] / (1 - beta2 ** count[step]),
        ),
    ],
)
