"""D-Adaptation for Adagrad: the rate follows from what gradients tell of the distance to go.

Its sums of squares start at a millionth, as in its authors' code.
"""

from sympy import Abs, Piecewise, Rational, sqrt

from ..families.dadaptation import D0, GROW, GROWTH_RATE, LR, D, d, dlr, lr, quotient
from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    global_total,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

momentum, eps = hyperparameters("momentum eps")
a, s, x0, squares = states("a s x0 squares")
root, size1, apart, z = intermediates("root size1 apart z")

dadaptadagrad = Optimizer(
    "DAdaptAdaGrad",
    summary="D-Adaptation for Adagrad: a rate from an estimate of the distance to the minimum.",
    source="Defazio & Mishchenko, 2023, arXiv:2301.07733, Algorithm 3, as in dadaptation 3.2",
    lineage=["Adagrad"],
    hyper=[
        LR,
        Hyper(momentum, "0", UNIT, "momentum factor", latex=r"\mu"),
        weight_decay,
        Hyper(eps, "1e-6", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        D0,
        GROWTH_RATE,
        maximize,
    ],
    states=[
        State(a, init=Rational(1, 10**6), key="alphak", domain=POSITIVE, latex=r"\alpha"),
        State(s, init=0, key="sk"),
        State(x0, init=theta[0], key="x0", latex=r"\theta_0"),
        D,
        State(
            squares,
            init=0,
            key="gsq_weighted",
            shape=Shape.GLOBAL,
            domain=NON_NEGATIVE,
            latex="q",
        ),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(dlr[t], d[t - 1] * lr),
        Update(a[t], a[t - 1] + gtilde[t] ** 2),
        Update(root[t], sqrt(a[t]) + eps),
        Update(squares[t], squares[t - 1] + dlr[t] ** 2 * global_total(gtilde[t] ** 2 / root[t])),
        Update(s[t], s[t - 1] + dlr[t] * gtilde[t]),
        Update(x0[t], x0[t - 1]),
        Update(size1[t], global_total(Abs(s[t]))),
        Update(apart[t], global_total(s[t] ** 2 / root[t]) - squares[t]),
        quotient(apart[t], size1[t]),
        GROW,
        Update(z[t], x0[t - 1] - s[t] / root[t]),
        Update(
            theta[t],
            Piecewise(
                (momentum * theta[t - 1] + (1 - momentum) * z[t], size1[t] > 0),
                (theta[t - 1], True),
            ),
        ),
    ],
)
