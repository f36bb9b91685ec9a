"""ScheduleFreeAdamW: Adam whose steps are averaged as they are taken, in place of a schedule.

Of its three sequences, the gradient is taken at y, the parameter; z takes the steps; and x, their
average, is what to evaluate. It is kept as a point of the line from z to y.
"""

from sympy import Eq, Max, Min, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    REAL,
    UNIT,
    UNIT_ABOVE_ZERO,
    Hyper,
    Optimizer,
    Output,
    Shape,
    State,
    Update,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
warmup_steps, r, weight_lr_power = hyperparameters("warmup_steps r weight_lr_power")
z, v, weight_sum, lr_max = states("z v weight_sum lr_max")
rate, weight, c, vhat, d = intermediates("rate weight c vhat d")

WARMUP = Piecewise((1, Eq(warmup_steps, 0)), (Min(1, t / warmup_steps), True))

schedule_free_adamw = Optimizer(
    "ScheduleFreeAdamW",
    summary="Schedule-free AdamW: an average of its iterates in place of a schedule.",
    source="Defazio et al., 2024, arXiv:2405.15682, Algorithm 1",
    positional=["foreach"],
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "2.5e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(
            beta1,
            "0.9",
            UNIT_ABOVE_ZERO,
            "how near to the average the gradient is taken",
            argument="betas",
        ),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Hyper(warmup_steps, "0", NON_NEGATIVE, "steps in which the rate rises", latex="T_w"),
        Hyper(r, "0", REAL, "power of the step in the weights of the average"),
        Hyper(
            weight_lr_power,
            "2",
            NON_NEGATIVE,
            "power of the largest rate so far in the weights of the average",
            latex="p",
        ),
        maximize,
    ],
    states=[
        State(z, init=theta[0], key="z"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(
            weight_sum,
            init=0,
            key="weight_sum",
            shape=Shape.SCALAR,
            domain=NON_NEGATIVE,
            latex="W",
        ),
        State(
            lr_max,
            init=0,
            key="lr_max",
            shape=Shape.SCALAR,
            domain=NON_NEGATIVE,
            latex=r"\gamma^{\max}",
        ),
    ],
    updates=[
        ascend_or_descend,
        Update(rate[t], lr * WARMUP),
        Update(lr_max[t], Max(lr_max[t - 1], rate[t])),
        Update(weight[t], t**r * lr_max[t] ** weight_lr_power),
        Update(weight_sum[t], weight_sum[t - 1] + weight[t]),
        Update(c[t], Piecewise((weight[t] / weight_sum[t], weight_sum[t] > 0), (0, True))),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(d[t], g[t] / (sqrt(vhat[t]) + eps) + weight_decay.symbol * theta[t - 1]),
        Update(z[t], z[t - 1] - rate[t] * d[t]),
        Update(
            theta[t],
            (1 - c[t]) * theta[t - 1] + c[t] * z[t - 1] - rate[t] * (1 - beta1 * (1 - c[t])) * d[t],
        ),
    ],
    outputs=[
        Output(
            "averaged",
            (theta[t] - (1 - beta1) * z[t]) / beta1,
            "the average of the steps, to evaluate and to save",
        )
    ],
)
