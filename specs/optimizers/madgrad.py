"""MADGRAD: dual averaging, scaled by the cube root of squared gradients, with momentum."""

from sympy import Eq, Ne, Piecewise, Rational, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, momentum, eps = hyperparameters("lr momentum eps")
(decouple_decay,) = flags("decouple_decay")
v, s, start = states("v s start")
lamb, origin, z, shrunk = intermediates("lamb origin z shrunk")

_RATE = Piecewise((lr + eps, lr > 0), (0, True))


def root(e):
    return e ** Rational(1, 3) + eps


madgrad = Optimizer(
    "MADGRAD",
    summary="MADGRAD: dual averaging, scaled by the cube root of squared gradients, with momentum.",
    source="Defazio & Jelassi, 2021, arXiv:2101.11075, Algorithm 1, epsilon in the rate too, as in "
    "github.com/facebookresearch/madgrad; not checked against the paper",
    lineage=["Adagrad"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0.9", UNIT, "momentum factor", latex=r"\mu"),
        weight_decay,
        Hyper(eps, "1e-6", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        Option(decouple_decay, "shrink the parameter instead of adding to the gradient, as AdamW"),
        maximize,
    ],
    states=[
        State(v, init=0, key="grad_sum_sq", domain=NON_NEGATIVE),
        State(s, init=0, key="s"),
        State(start, init=theta[0], key="x0", when=Ne(momentum, 0), latex="x_0"),
    ],
    updates=[
        ascend_or_descend,
        l2(unless=decouple_decay),
        Update(lamb[t], _RATE * sqrt(t)),
        Update(v[t], v[t - 1] + lamb[t] * gtilde[t] ** 2),
        Update(start[t], start[t - 1]),
        Update(
            origin[t],
            Piecewise(
                (theta[t - 1] + s[t - 1] / root(v[t - 1]), Eq(momentum, 0)), (start[t - 1], True)
            ),
        ),
        Update(s[t], s[t - 1] + lamb[t] * gtilde[t]),
        Update(z[t], origin[t] - s[t] / root(v[t])),
        Update(
            shrunk[t],
            Piecewise((_RATE * weight_decay.symbol * theta[t - 1], decouple_decay), (0, True)),
        ),
        Update(theta[t], momentum * theta[t - 1] + (1 - momentum) * z[t] - shrunk[t]),
    ],
)
