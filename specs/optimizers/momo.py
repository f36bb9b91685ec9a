"""MoMo: momentum at Polyak's rate, by the losses and gradients that the momentum is made of."""

from sympy import Eq, Expr, Max, Min, Not, Piecewise

from ..gradients import g, weight_decay
from ..language import (
    NON_NEGATIVE,
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

lr, beta, lower_bound = hyperparameters("lr beta lower_bound")
(adapt_lower_bound,) = flags("adapt_lower_bound")
(f,) = inputs("f")
m, fbar, gamma, low = states("m fbar gamma low")
steep, ahead, cap, least, tau, crossing = intermediates("steep ahead cap least tau crossing")

_DECAY = 1 + lr * weight_decay.symbol


def from_first(whole: Expr, later: Expr) -> Expr:
    """An average that starts with what there is first."""
    return Piecewise((whole, Eq(t, 1)), (later, True))


momo = Optimizer(
    "MoMo",
    summary="MoMo: momentum with Polyak's rate, for a model of the loss made of averages.",
    source="Schaipp et al., 2024, arXiv:2305.07583, Algorithm 2; the lower bound adapted by "
    "Algorithm 3",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1", NON_NEGATIVE, "largest rate", latex=r"\alpha"),
        weight_decay,
        Hyper(beta, "0.9", UNIT, "decay rate of the averages", latex=r"\beta"),
        Hyper(lower_bound, "0", REAL, "least value that the loss can have", latex="f_*"),
        Option(adapt_lower_bound, "estimate that value from the losses so far"),
    ],
    states=[
        State(m, init=0, key="grad_avg"),
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
        Update(fbar[t], from_first(f[t], beta * fbar[t - 1] + (1 - beta) * f[t])),
        Update(m[t], from_first(g[t], beta * m[t - 1] + (1 - beta) * g[t])),
        Update(crossing[t], global_total(g[t] * theta[t - 1])),
        Update(gamma[t], from_first(crossing[t], beta * gamma[t - 1] + (1 - beta) * crossing[t])),
        Update(steep[t], global_total(m[t] ** 2)),
        Update(ahead[t], global_total(m[t] * theta[t - 1])),
        Update(cap[t], _DECAY * (fbar[t] - gamma[t]) + ahead[t]),
        Update(
            least[t],
            Piecewise(
                (lower_bound, Not(adapt_lower_bound)),
                (Max(cap[t] / (2 * _DECAY), lower_bound), cap[t] < _DECAY * low[t - 1]),
                (low[t - 1], True),
            ),
        ),
        Update(
            tau[t],
            Piecewise(
                (Min(lr, Max(cap[t] - _DECAY * least[t], 0) / steep[t]), steep[t] > 0),
                (0, True),
            ),
        ),
        Update(
            low[t],
            Max(fbar[t] + ahead[t] - gamma[t] - tau[t] * steep[t] / 2, lower_bound),
        ),
        Update(theta[t], theta[t - 1] / _DECAY - tau[t] * m[t]),
    ],
)
