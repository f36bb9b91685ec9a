"""Schedules made of other schedules."""

from sympy import Eq, Piecewise

from ..language import (
    NON_NEGATIVE,
    Constraint,
    Numbers,
    Sample,
    Schedule,
    Schedules,
    Update,
    chained,
    chained_momentum,
    counts,
    eta,
    hyperparameters,
    intermediates,
    item,
    lr,
    momentum_of,
    mu,
    passed,
    rate_of,
    size,
    step,
)
from .cosine import cosine_annealing_lr
from .decays import exponential_lr
from .factors import constant_lr, linear_lr

(schedulers,) = hyperparameters("schedulers")
(milestones,) = counts("milestones")
active, since = intermediates("active since")

ALL = Schedules(schedulers, "the schedules, at least one", many=True, latex="S")

sequential_lr = Schedule(
    "SequentialLR",
    summary="One schedule after the other, each starting from its step 0 at its milestone.",
    source="torch.optim.lr_scheduler",
    peer="torch.optim.lr_scheduler.SequentialLR",
    outright="at first",
    keys={"schedulers": "_schedulers", "milestones": "_milestones"},
    hyper=[
        ALL,
        Numbers(
            milestones,
            "the steps at which the second, third, ... schedule starts",
            NON_NEGATIVE,
            increasing=True,
            latex="m",
        ),
    ],
    updates=[
        Update(active[step], passed(milestones, step)),
        Update(
            since[step],
            Piecewise((step - item(milestones, active[step] - 1), active[step] > 0), (step, True)),
        ),
        Update(eta[step], rate_of(item(schedulers, active[step]), since[step], lr)),
        Update(mu[step], momentum_of(item(schedulers, active[step]), since[step])),
    ],
    constraints=[
        Constraint(
            Eq(size(schedulers), size(milestones) + 1),
            "schedulers must have one entry more than milestones",
        )
    ],
    example={
        "schedulers": (
            Sample(linear_lr, {"lr": "0.1", "start_factor": "0.1", "total_iters": "20"}),
            Sample(cosine_annealing_lr, {"lr": "0.1", "T_max": "80"}),
        ),
        "milestones": ("20",),
    },
)

chained_scheduler = Schedule(
    "ChainedScheduler",
    summary="Several schedules at once, each applied to the rate that the one before it gives.",
    source="torch.optim.lr_scheduler, for schedules that multiply the rate",
    peer="torch.optim.lr_scheduler.ChainedScheduler",
    keys={"schedulers": "_schedulers"},
    hyper=[ALL],
    updates=[
        Update(eta[step], chained(schedulers, step, lr)),
        Update(mu[step], chained_momentum(schedulers, step)),
    ],
    example={
        "schedulers": (
            Sample(constant_lr, {"lr": "0.1", "factor": "0.25", "total_iters": "20"}),
            Sample(exponential_lr, {"lr": "0.1", "gamma": "0.97"}),
        ),
    },
)
