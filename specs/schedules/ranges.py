"""Rates that rise from low to high, to find by the loss which is best."""

from fractions import Fraction

from sympy import Min, Piecewise, floor

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Interval,
    Option,
    Schedule,
    Update,
    counts,
    eta,
    flags,
    hyperparameters,
    intermediates,
    step,
)

min_lr, max_lr, step_rate = hyperparameters("min_lr max_lr step_rate")
num_steps, step_size = counts("num_steps step_size")
(staircase,) = flags("staircase")
share, interval = intermediates("share interval")

interpolating_log_lr = Schedule(
    "InterpolatingLogLR",
    summary="Moves from one rate to another by equal factors, in num_steps steps.",
    source="common practice, as a test of the range of rates: Smith, 2017, arXiv:1506.01186, "
    "section 3.3, with factors in place of differences",
    hyper=[
        Hyper(
            num_steps,
            "",
            Interval(low=Fraction(2)),
            "steps, the first at min_lr and the last at max_lr",
            latex="T",
        ),
        Hyper(min_lr, "", POSITIVE, "rate of the first step", latex=r"\eta_{\min}"),
        Hyper(max_lr, "", POSITIVE, "rate of the last step", latex=r"\eta_{\max}"),
    ],
    updates=[
        Update(share[step], Min(step, num_steps - 1) / (num_steps - 1)),
        Update(eta[step], min_lr ** (1 - share[step]) * max_lr ** share[step]),
    ],
    example={"num_steps": "100", "min_lr": "1e-6", "max_lr": "1e-1"},
)

lr_range_test = Schedule(
    "LRRangeTest",
    summary="Rises from min_lr by step_rate times it every step_size steps, without end.",
    source="Smith, 2017, arXiv:1506.01186, section 3.3; arguments as in DeepSpeed",
    hyper=[
        Hyper(min_lr, "1e-3", NON_NEGATIVE, "rate of the first step", latex=r"\eta_{\min}"),
        Hyper(step_size, "2000", AT_LEAST_ONE, "steps of an interval", latex="s"),
        Hyper(step_rate, "1", NON_NEGATIVE, "growth over an interval, beside min_lr", latex="r"),
        Option(staircase, "rise at the ends of intervals only"),
    ],
    updates=[
        Update(
            interval[step],
            Piecewise((floor(step / step_size), staircase), (step / step_size, True)),
        ),
        Update(eta[step], min_lr * (1 + step_rate * interval[step])),
    ],
    example={"step_size": "20"},
)
