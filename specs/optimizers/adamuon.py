"""AdaMuon: Muon of signs, whose orthogonal steps are divided by their own second moments.

A step has the root mean square of AdamW's.
"""

from sympy import Max, Rational, sign, sqrt

from ..gradients import thetabar
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    State,
    Update,
    cols,
    derived,
    hyperparameters,
    intermediates,
    norm,
    rows,
    states,
    t,
    theta,
)
from .muon import eps, lr, momentum, o, rate, u, x
from .muon import muon as _muon

(second_eps,) = hyperparameters("second_eps")
(v,) = states("v")
(even,) = intermediates("even")

_BOTH = (rows, cols)

adamuon = derived(
    _muon,
    "AdaMuon",
    summary="AdaMuon: Muon on the signs of its momentum, with a second moment for each element.",
    source="Si et al., 2025, arXiv:2507.11005, Algorithm 1, as in its authors' code; not checked "
    "against the paper",
    defaults={"lr": "0.02", "weight_decay": "0.01"},
    hyper=[
        Hyper(momentum, "0.95", UNIT, "decay rate of both moments", latex=r"\mu"),
        Hyper(second_eps, "1e-8", POSITIVE, "term added to denominators", latex=r"\varepsilon"),
    ],
    states=[State(v, init=0, key="v_buffer", domain=NON_NEGATIVE)],
    updates=[
        Update(x[t], sign(u[t]) / Max(norm(sign(u[t]), over=_BOTH), eps)),
        Update(v[t], momentum * v[t - 1] + (1 - momentum) * o[t] ** 2),
        Update(even[t], o[t] / (sqrt(v[t]) + second_eps)),
        Update(
            rate[t],
            Rational(1, 5) * lr * sqrt(rows * cols) / (norm(even[t], over=_BOTH) + second_eps),
        ),
        Update(theta[t], thetabar[t] - rate[t] * even[t]),
    ],
)
