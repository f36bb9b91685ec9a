"""Adafactor: of a matrix, second moments are kept by rows and by columns, and so take no room.

The rule is torch's. The paper's adds the first epsilon to the squared gradient, bounds the rate by
0.01 whatever ``lr`` is, and has no weight decay.
"""

from sympy import Max, Min, Not, Piecewise, sqrt

from ..gradients import ascend_or_descend, decay_parameter, maximize, thetabar, weight_decay
from ..gradients.descent import g
from ..language import (
    NON_NEGATIVE,
    Hyper,
    Interval,
    Optimizer,
    State,
    Update,
    cols,
    hyperparameters,
    intermediates,
    machine_epsilon,
    mean,
    ndim,
    rms,
    rows,
    states,
    t,
    theta,
)

lr, beta2_decay, eps1, eps2, d = hyperparameters("lr beta2_decay eps1 eps2 d")
r, c, v = states("r c v")
w, rho, alpha, vhat, u = intermediates("w rho alpha vhat u")

FACTORED = ndim >= 2

adafactor = Optimizer(
    "Adafactor",
    summary="Adafactor: RMSprop that keeps the second moments of a matrix as a row and a column.",
    source="Shazeer & Stern, 2018, arXiv:1804.04235, Algorithms 4 and 5",
    peer="torch.optim.Adafactor",
    lineage=["RMSprop"],
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "largest relative size of a step", latex=r"\gamma"),
        Hyper(
            beta2_decay,
            "-0.8",
            Interval(high=0),
            "power of t that a new squared gradient is weighted by",
            latex=r"\tau",
        ),
        Hyper(
            eps1,
            "1e-8",
            NON_NEGATIVE,
            "least root of a second moment",
            latex=r"\epsilon_1",
            argument="eps",
            derived=machine_epsilon,
        ),
        Hyper(
            eps2,
            "1e-3",
            NON_NEGATIVE,
            "least size that a parameter is taken to have",
            latex=r"\epsilon_2",
            argument="eps",
        ),
        Hyper(d, "1", Interval(low=1), "largest root mean square of an update"),
        weight_decay,
        maximize,
    ],
    states=[
        State(r, init=0, key="row_var", shape=(rows,), when=FACTORED, domain=NON_NEGATIVE),
        State(c, init=0, key="col_var", shape=(cols,), when=FACTORED, domain=NON_NEGATIVE),
        State(v, init=0, key="variance", when=Not(FACTORED), domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(w[t], t**beta2_decay),
        Update(rho[t], Min(lr, 1 / sqrt(t))),
        Update(alpha[t], Max(eps2, rms(theta[t - 1])) * rho[t]),
        Update(r[t], (1 - w[t]) * r[t - 1] + w[t] * mean(g[t] ** 2, over=cols)),
        Update(c[t], (1 - w[t]) * c[t - 1] + w[t] * mean(g[t] ** 2, over=rows)),
        Update(v[t], (1 - w[t]) * v[t - 1] + w[t] * g[t] ** 2),
        Update(
            vhat[t],
            Piecewise(
                (r[t] * c[t] / Max(mean(r[t], over=rows), eps1), FACTORED),
                (v[t], True),
            ),
        ),
        Update(u[t], g[t] / Max(sqrt(vhat[t]), eps1)),
        Update(theta[t], thetabar[t] - alpha[t] * u[t] / Max(1, rms(u[t]) / d)),
    ],
)
