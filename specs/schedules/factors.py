"""A factor on the rate for the first steps, as warm-ups are made of."""

from sympy import Min, Piecewise

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT_ABOVE_ZERO,
    UNIT_CLOSED,
    Hyper,
    Schedule,
    Update,
    counts,
    eta,
    hyperparameters,
    lr,
    step,
)

factor, start_factor, end_factor = hyperparameters("factor start_factor end_factor")
(total_iters,) = counts("total_iters")

START = Hyper(start_factor, "1/3", UNIT_ABOVE_ZERO, "factor at step 0", latex="a")

constant_lr = Schedule(
    "ConstantLR",
    summary="A constant factor on the rate for the first total_iters steps, then the rate itself.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.ConstantLR",
    hyper=[
        Hyper(factor, "1/3", UNIT_CLOSED, "factor to begin with", latex="a"),
        Hyper(total_iters, "5", NON_NEGATIVE, "steps the factor is there for", latex="T"),
    ],
    updates=[Update(eta[step], Piecewise((factor * lr, step < total_iters), (lr, True)))],
    example={"lr": "0.1"},
    span=20,
)

linear_lr = Schedule(
    "LinearLR",
    summary="A factor on the rate that changes linearly over the first total_iters steps.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.LinearLR",
    hyper=[
        START,
        Hyper(end_factor, "1", UNIT_CLOSED, "factor from step total_iters on", latex="b"),
        Hyper(total_iters, "5", AT_LEAST_ONE, "steps from one factor to the other", latex="T"),
    ],
    updates=[
        Update(
            eta[step],
            lr
            * (start_factor + (end_factor - start_factor) * Min(step, total_iters) / total_iters),
        )
    ],
    example={"lr": "0.1"},
    span=20,
)
