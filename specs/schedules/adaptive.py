"""Rates that were published with a model or a rule: one over the root of the step."""

from sympy import Min, Piecewise, sqrt

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    Hyper,
    Option,
    Schedule,
    Update,
    counts,
    eta,
    flags,
    hyperparameters,
    lr,
    step,
)

(warmup_rate,) = hyperparameters("warmup_rate")
warmup_steps, model_size = counts("warmup_steps model_size")
(warmup_init,) = flags("warmup_init")

noam_lr = Schedule(
    "NoamLR",
    summary="The transformer's: a linear warm-up, then one over the root of the step.",
    source="Vaswani et al., 2017, arXiv:1706.03762, equation 3, with steps counted from 1",
    hyper=[
        Hyper(model_size, "", AT_LEAST_ONE, "width of the model", latex="d"),
        Hyper(warmup_steps, "4000", AT_LEAST_ONE, "steps until the highest rate", latex="w"),
    ],
    updates=[
        Update(
            eta[step],
            lr
            / sqrt(model_size)
            * Min(1 / sqrt(step + 1), (step + 1) / (warmup_steps * sqrt(warmup_steps))),
        )
    ],
    example={"lr": "1", "model_size": "512", "warmup_steps": "20"},
)

relative_step_lr = Schedule(
    "RelativeStepLR",
    summary="Adafactor's: one over the root of the step, at most the rate it starts from.",
    source="Shazeer & Stern, 2018, arXiv:1804.04235, section 9; warm-up as in Tensor2Tensor",
    # The rate is no line of the one it starts from, so that nothing can be multiplied on.
    outright="always",
    hyper=[
        Option(warmup_init, "rise to it by warmup_rate each step, in place of a highest rate"),
        Hyper(warmup_rate, "1e-6", NON_NEGATIVE, "growth per step of that", latex="r"),
    ],
    updates=[
        Update(
            eta[step],
            Min(
                Piecewise((warmup_rate * (step + 1), warmup_init), (lr, True)),
                1 / sqrt(step + 1),
            ),
        )
    ],
    example={"lr": "0.2"},
)
