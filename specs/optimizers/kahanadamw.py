"""AdamW with compensated sums: what rounding a parameter leaves out of a step is kept for the next.

In bfloat16 a step of less than 1/512 of a parameter changes nothing, and most steps are less. Here
they add up, the shrinking by weight decay among them, which reference implementations round away.
"""

from dataclasses import replace

from sympy import sqrt

from ..gradients import ascend_or_descend, maximize, weight_decay
from ..gradients.descent import g
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    intermediates,
    states,
    stored,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v, c = states("m v c")
mhat, vhat, u, d = intermediates("mhat vhat u d")

kahanadamw = Optimizer(
    "KahanAdamW",
    summary="KahanAdamW: AdamW with compensated sums, for parameters in half precision.",
    source="Loshchilov & Hutter, 2019, arXiv:1711.05101, Algorithm 2; sums: Kahan, 1965, Further "
    "remarks on reducing truncation errors, CACM 8(1); both: AnyPrecisionAdamW of torchdistx",
    lineage=["AdamW"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        replace(weight_decay, default="1e-2"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(c, init=0, key="kahan_comp"),
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(
            u[t],
            c[t - 1] - lr * (mhat[t] / (sqrt(vhat[t]) + eps) + weight_decay.symbol * theta[t - 1]),
        ),
        Update(theta[t], stored(theta[t - 1] + u[t])),
        Update(d[t], theta[t] - theta[t - 1]),
        Update(c[t], u[t] - d[t]),
    ],
)
