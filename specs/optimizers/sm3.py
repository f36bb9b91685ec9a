"""SM3: Adagrad whose sums of squares take the room of a row and a column.

Of an element no more is known than its row's sum and its column's; the smaller one is the nearer.
The paper covers a tensor of more axes by one sum for each entry of each axis. Here its last two
axes are a matrix, and there is one for each row and column of each of a batch of them.
"""

from sympy import Expr, Max, Min, Ne, Not, Piecewise, sqrt

from ..gradients import ascend_or_descend, maximize
from ..gradients.descent import g
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    amax,
    cols,
    hyperparameters,
    intermediates,
    ndim,
    rows,
    states,
    t,
    theta,
)

lr, momentum, beta, eps = hyperparameters("lr momentum beta eps")
r, c, v, m = states("r c v m")
cover, nu, d, u = intermediates("cover nu d u")

MATRIX = ndim >= 2


def kept(largest: Expr, before: Expr) -> Expr:
    """The largest sum of a row or column; of averages, the largest so far."""
    return Piecewise((Max(before, largest), Ne(beta, 0)), (largest, True))


sm3 = Optimizer(
    "SM3",
    summary="SM3: Adagrad that keeps one number for each row and each column.",
    source="Anil et al., 2019, arXiv:1901.11150, Algorithm SM3-II",
    lineage=["Adagrad"],
    hyper=[
        Hyper(lr, "0.1", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0", UNIT, "momentum factor", latex=r"\mu"),
        Hyper(beta, "0", UNIT, "decay rate of the squared gradients; 0 sums them up"),
        Hyper(eps, "1e-30", NON_NEGATIVE, "term added under the root", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(r, init=0, key="accumulator_0", shape=(rows,), when=MATRIX, domain=NON_NEGATIVE),
        State(c, init=0, key="accumulator_1", shape=(cols,), when=MATRIX, domain=NON_NEGATIVE),
        State(v, init=0, key="accumulator", when=Not(MATRIX), domain=NON_NEGATIVE),
        State(m, init=0, key="momentum_buffer", when=Ne(momentum, 0)),
    ],
    updates=[
        ascend_or_descend,
        Update(cover[t], Piecewise((Min(r[t - 1], c[t - 1]), MATRIX), (v[t - 1], True))),
        Update(
            nu[t],
            Piecewise(
                (beta * cover[t] + (1 - beta) * g[t] ** 2, Ne(beta, 0)),
                (cover[t] + g[t] ** 2, True),
            ),
        ),
        Update(r[t], kept(amax(nu[t], over=cols), r[t - 1])),
        Update(c[t], kept(amax(nu[t], over=rows), c[t - 1])),
        Update(v[t], kept(nu[t], v[t - 1])),
        Update(d[t], g[t] / sqrt(nu[t] + eps)),
        Update(m[t], momentum * m[t - 1] + (1 - momentum) * d[t]),
        Update(u[t], Piecewise((m[t], Ne(momentum, 0)), (d[t], True))),
        Update(theta[t], theta[t - 1] - lr * u[t]),
    ],
)
