"""Decay rates over time, for ``target="betas[1]"`` and the like: schedules of other numbers."""

from fractions import Fraction

from sympy import And, Min, Piecewise, exp, log

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Hyper,
    Interval,
    Schedule,
    Update,
    counts,
    eta,
    hyperparameters,
    intermediates,
    step,
)

power, beta_start, beta_end = hyperparameters("power beta_start beta_end")
(total_steps,) = counts("total_steps")
share, time = intermediates("share time")

_BETWEEN = Interval(low=Fraction(0), high=Fraction(1), low_open=True, high_open=True)

palm_beta2_lr = Schedule(
    "PaLMBeta2LR",
    summary="1 - t^-power, with t counted from 1: the decay of an average that grows ever longer.",
    source="Chowdhery et al., 2022, arXiv:2204.02311, section 5; Shazeer & Stern, 2018, "
    "arXiv:1804.04235, section 7.2",
    hyper=[Hyper(power, "0.8", NON_NEGATIVE, "exponent", latex="p")],
    updates=[Update(eta[step], 1 - (step + 1) ** (-power))],
    example={},
)

half_life_lr = Schedule(
    "HalfLifeLR",
    summary="From one decay rate to another, with a half-life that grows linearly; then constant.",
    source="Pagliardini et al., 2024, arXiv:2409.03137, section 3, for AdEMAMix's beta3",
    hyper=[
        Hyper(total_steps, "", AT_LEAST_ONE, "steps to the last", latex="T"),
        Hyper(beta_end, "0.9999", _BETWEEN, "the last decay rate", latex=r"\beta_{e}"),
        Hyper(beta_start, "0.9", _BETWEEN, "the first decay rate", latex=r"\beta_{s}"),
    ],
    updates=[
        Update(share[step], Min(step, total_steps) / total_steps),
        # The time in which an average forgets all but 1/e, in the place of the half-life.
        Update(time[step], -(1 - share[step]) / log(beta_start) - share[step] / log(beta_end)),
        Update(
            eta[step],
            Piecewise(
                (exp(-1 / time[step]), And(step < total_steps, time[step] > 0)), (beta_end, True)
            ),
        ),
    ],
    example={"total_steps": "80"},
)
