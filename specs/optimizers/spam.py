"""SPAM: AdamW of gradients without spikes, whose moments begin anew from time to time.

Of the authors' rule without their mask, which leaves most elements without moments: all have them.
After a reset the correction for the start goes on as before, and the rate warms up.
"""

from sympy import Abs, And, Integer, Mod, Or, Piecewise, cos, pi, sign, sqrt

from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Interval,
    Optimizer,
    State,
    Update,
    counts,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)
from .stablespam import kept, update_proj_gap

lr, beta1, beta2, eps, threshold = hyperparameters("lr beta1 beta2 eps threshold")
grad_accu_steps, warmup_epoch = counts("grad_accu_steps warmup_epoch")
m, v = states("m v")
since, scale, clipped, bound, moved = intermediates("since scale clipped bound moved")

spam = Optimizer(
    "SPAM",
    summary="SPAM: AdamW on gradients without spikes, whose moments are reset at times.",
    source="Huang et al., 2025, arXiv:2501.06842, Algorithm 1, with all elements kept; warm-up, "
    "count, and decay after the step as in github.com/TianjinYellow/SPAM-Optimizer; not checked "
    "against the paper",
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-6", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Hyper(
            threshold,
            "5000",
            POSITIVE,
            "times the second moment that a squared gradient may be",
            latex=r"\theta_{\max}",
        ),
        Hyper(
            grad_accu_steps,
            "20",
            NON_NEGATIVE,
            "steps, from the start and after each reset, in which nothing is clipped",
            latex="a",
        ),
        Hyper(
            update_proj_gap,
            "500",
            Interval(low=2),
            "steps after which the moments begin anew",
            latex=r"\Delta T",
        ),
        Hyper(
            warmup_epoch,
            "50",
            AT_LEAST_ONE,
            "steps in which the rate warms up after a reset",
            latex="N",
        ),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        Update(since[t], Mod(t, update_proj_gap)),
        Update(
            scale[t],
            Piecewise(
                (Integer(1), Or(t < update_proj_gap, since[t] >= warmup_epoch)),
                (
                    1 - 99 * (1 + cos(pi * (since[t] + 1) / (warmup_epoch + 1))) / 200,
                    True,
                ),
            ),
        ),
        Update(bound[t], sqrt(threshold * v[t - 1])),
        Update(
            clipped[t],
            Piecewise(
                (sign(g[t]) * bound[t], And(since[t] >= grad_accu_steps, Abs(g[t]) > bound[t])),
                (g[t], True),
            ),
        ),
        Update(m[t], beta1 * kept(m[t - 1]) + (1 - beta1) * clipped[t]),
        Update(v[t], beta2 * kept(v[t - 1]) + (1 - beta2) * clipped[t] ** 2),
        Update(
            moved[t],
            theta[t - 1]
            - lr * scale[t] * sqrt(1 - beta2**t) / (1 - beta1**t) * m[t] / (sqrt(v[t]) + eps),
        ),
        Update(theta[t], moved[t] * (1 - lr * weight_decay.symbol)),
    ],
)
