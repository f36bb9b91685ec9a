"""Rates that fall smoothly: exponentially, as a power of the step, or of what is left."""

from sympy import Max, Piecewise, sqrt

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Schedule,
    Update,
    counts,
    eta,
    hyperparameters,
    lr,
    step,
)

gamma, decay, decay_steps, power, timescale = hyperparameters(
    "gamma decay decay_steps power timescale"
)
total_iters, warmup_steps = counts("total_iters warmup_steps")

POWER = Hyper(power, "1", NON_NEGATIVE, "exponent", latex="p")

exponential_lr = Schedule(
    "ExponentialLR",
    summary="The rate times gamma every step, or once every decay_steps steps, continuously.",
    source="torch.optim.lr_scheduler, for decay_steps = 1",
    peer="torch.optim.lr_scheduler.ExponentialLR",
    hyper=[
        Hyper(gamma, "", NON_NEGATIVE, "factor over decay_steps steps", latex=r"\gamma"),
        Hyper(
            decay_steps, "1", POSITIVE, "steps over which gamma applies", latex="s", keyword=True
        ),
    ],
    updates=[Update(eta[step], lr * gamma ** (step / decay_steps))],
    example={"lr": "0.01", "gamma": "0.1", "decay_steps": "20"},
)

polynomial_lr = Schedule(
    "PolynomialLR",
    summary="The rate times a power of the share of total_iters steps that is left.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.PolynomialLR",
    hyper=[Hyper(total_iters, "5", AT_LEAST_ONE, "steps until the rate is 0", latex="T"), POWER],
    updates=[Update(eta[step], lr * (Max(total_iters - step, 0) / total_iters) ** power)],
    example={"lr": "0.1", "total_iters": "80", "power": "2"},
)

inverse_time_lr = Schedule(
    "InverseTimeLR",
    summary="The rate over 1 + decay*step: time-based decay.",
    source="Robbins & Monro, 1951, A stochastic approximation method; the decay of Keras",
    hyper=[Hyper(decay, "", NON_NEGATIVE, "growth of the denominator per step", latex=r"\delta")],
    updates=[Update(eta[step], lr / (1 + decay * step))],
    example={"lr": "0.01", "decay": "0.05"},
)

power_lr = Schedule(
    "PowerLR",
    summary="The rate over (1 + step/decay_steps)**power: power scheduling.",
    source="Senior et al., 2013, An empirical study of learning rates in deep neural networks "
    "for speech recognition, section 3",
    hyper=[Hyper(decay_steps, "", POSITIVE, "steps until the base is 2", latex="s"), POWER],
    # Not over a power, which would leave the range of floats where the rate is only small.
    updates=[Update(eta[step], lr * (decay_steps / (decay_steps + step)) ** power)],
    example={"lr": "0.01", "decay_steps": "20"},
)

inverse_sqrt_lr = Schedule(
    "InverseSqrtLR",
    summary="A linear warm-up, then one over the root of the step.",
    source="Vaswani et al., 2017, arXiv:1706.03762, equation 3, where timescale = warmup_steps",
    hyper=[
        Hyper(warmup_steps, "", NON_NEGATIVE, "steps until the rate is lr", latex="w"),
        Hyper(
            timescale,
            "",
            POSITIVE,
            "steps in which one over the square of the rate grows by that of lr",
            latex=r"\tau",
            derived=Max(warmup_steps, 1),
        ),
    ],
    updates=[
        Update(
            eta[step],
            Piecewise(
                (lr * step / Max(warmup_steps, 1), step < warmup_steps),
                (lr * sqrt(timescale / (timescale + Max(step - warmup_steps, 0))), True),
            ),
        )
    ],
    example={"lr": "0.1", "warmup_steps": "10"},
)
