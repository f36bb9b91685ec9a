"""NorMuon: Muon whose orthogonal steps are divided by what rows of them were long lately.

The paper brings the step to the root mean square of AdamW's steps; its authors' code keeps the
length that it had before the division, times Muon's own factor, which is an option here.
"""

from sympy import Max, Piecewise, Rational, sqrt

from ..gradients import thetabar
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Choice,
    Hyper,
    State,
    Update,
    cols,
    derived,
    hyperparameters,
    intermediates,
    mean,
    norm,
    rows,
    states,
    t,
    theta,
)
from .muon import lr, o, rate
from .muon import muon as _muon

beta2, row_eps = hyperparameters("beta2 row_eps")
(v,) = states("v")
even, length = intermediates("even length")
update_scale = Choice(
    "update_scale",
    ("rms", "preserve_norm"),
    "how long a step is: as AdamW's, or as Muon's",
)

_BOTH = (rows, cols)

normuon = derived(
    _muon,
    "NorMuon",
    summary="NorMuon: Muon whose steps are normalised row by row.",
    source="Li et al., 2025, arXiv:2510.05491, Algorithm 1; not checked against the paper",
    defaults={"lr": "0.02", "weight_decay": "0"},
    hyper=[
        Hyper(beta2, "0.95", UNIT, "decay rate of the rows' mean squares", latex=r"\beta_2"),
        update_scale,
        Hyper(row_eps, "1e-10", POSITIVE, "term added to denominators", latex=r"\varepsilon"),
    ],
    states=[State(v, init=0, key="second_momentum_buffer", shape=(rows,), domain=NON_NEGATIVE)],
    updates=[
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * mean(o[t] ** 2, over=cols)),
        Update(even[t], o[t] / (sqrt(v[t]) + row_eps)),
        Update(length[t], norm(even[t], over=_BOTH) + row_eps),
        Update(
            rate[t],
            Piecewise(
                (
                    lr * sqrt(Max(1, rows / cols)) * (norm(o[t], over=_BOTH) / length[t]),
                    update_scale["preserve_norm"],
                ),
                (Rational(1, 5) * lr * sqrt(rows * cols) / length[t], True),
            ),
        ),
        Update(theta[t], thetabar[t] - rate[t] * even[t]),
    ],
)
