"""Schedules made of other schedules."""

from sympy import Eq, Piecewise

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT_CLOSED,
    Constraint,
    Hyper,
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

schedulers, scheduler, start_factor = hyperparameters("schedulers scheduler start_factor")
milestones, warmup_steps = counts("milestones warmup_steps")
active, since = intermediates("active since")

ALL = Schedules(schedulers, "the schedules, at least one", many=True, latex="S")

sequential_lr = Schedule(
    "SequentialLR",
    summary="One schedule after the other, each from step 0 at its milestone.",
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
    summary="Several schedules at once, each applied to the rate the one before it gives.",
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

linear_warmup_lr = Schedule(
    "LinearWarmupLR",
    summary="A linear warm-up in front of another schedule, which starts when it is done.",
    source="Goyal et al., 2017, arXiv:1706.02677, section 2.2",
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
                    rate_of(scheduler, 0, lr)
                    * (start_factor + (1 - start_factor) * step / warmup_steps),
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
    example={
        "scheduler": Sample(cosine_annealing_lr, {"lr": "0.1", "T_max": "80"}),
        "warmup_steps": "20",
    },
)
