"""MoMo-Adam: Adam at Polyak's rate, by the losses and gradients that its momentum is made of."""

from sympy import Max, Min, Not, Piecewise, sqrt

from ..gradients import g, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    REAL,
    UNIT,
    Hyper,
    Input,
    Optimizer,
    Option,
    Shape,
    Source,
    State,
    Update,
    flags,
    global_total,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps, lower_bound = hyperparameters("lr beta1 beta2 eps lower_bound")
(adapt_lower_bound,) = flags("adapt_lower_bound")
(f,) = inputs("f")
m, v, fbar, gamma, low = states("m v fbar gamma low")
root, d, steep, ahead, cap, least, tau, crossing = intermediates(
    "root d steep ahead cap least tau crossing"
)

_DECAY = 1 + lr * weight_decay.symbol
_START = 1 - beta1**t

momoadam = Optimizer(
    "MoMoAdam",
    summary="MoMo-Adam: Adam with Polyak's rate, for a model of the loss made of averages.",
    source="Schaipp et al., 2024, arXiv:2305.07583, Algorithm 4; the lower bound adapted as in "
    "its authors' package",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "largest rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Hyper(lower_bound, "0", REAL, "least value that the loss can have", latex="f_*"),
        Option(adapt_lower_bound, "estimate that value from the losses so far"),
    ],
    states=[
        State(m, init=0, key="grad_avg"),
        State(v, init=0, key="grad_avg_sq", domain=NON_NEGATIVE),
        State(fbar, init=0, key="loss_avg", shape=Shape.GLOBAL, latex=r"\bar{f}"),
        State(gamma, init=0, key="grad_dot_w", shape=Shape.GLOBAL, latex=r"\gamma"),
        State(
            low,
            init=lower_bound,
            key="lb",
            when=adapt_lower_bound,
            shape=Shape.GLOBAL,
            latex="f_*",
        ),
    ],
    inputs=[Input(f, Source.LOSS, "the loss")],
    updates=[
        Update(g[t], grad(theta[t - 1])),
        Update(fbar[t], beta1 * fbar[t - 1] + (1 - beta1) * f[t]),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        Update(root[t], sqrt(v[t] / (1 - beta2**t)) + eps),
        Update(d[t], m[t] / root[t]),
        Update(crossing[t], global_total(g[t] * theta[t - 1])),
        Update(gamma[t], beta1 * gamma[t - 1] + (1 - beta1) * crossing[t]),
        Update(steep[t], global_total(m[t] ** 2 / root[t])),
        Update(ahead[t], global_total(m[t] * theta[t - 1])),
        Update(cap[t], _DECAY * (fbar[t] - gamma[t]) + ahead[t]),
        Update(
            least[t],
            Piecewise(
                (lower_bound, Not(adapt_lower_bound)),
                (
                    Max(cap[t] / (2 * _START * _DECAY), lower_bound),
                    cap[t] < _DECAY * _START * low[t - 1],
                ),
                (low[t - 1], True),
            ),
        ),
        Update(
            tau[t],
            Piecewise(
                (
                    Min(lr / _START, Max(cap[t] - _DECAY * _START * least[t], 0) / steep[t]),
                    steep[t] > 0,
                ),
                (0, True),
            ),
        ),
        Update(
            low[t],
            Max((fbar[t] + ahead[t] - gamma[t] - tau[t] * steep[t] / 2) / _START, lower_bound),
        ),
        Update(theta[t], theta[t - 1] / _DECAY - tau[t] * d[t]),
    ],
)
