"""Shampoo: the gradient of a matrix, between roots of what its rows and its columns summed up.

What has less than two axes takes Adagrad. The kernel of a convolution is seen as a matrix, its
first axis by all others, and of three axes the first is a batch; the paper has a root for each axis
there. The sums start from a multiple of the identity.
"""

from sympy import Eq, Expr, Max, Mod, Ne, Not, Piecewise, Rational, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Axis,
    Hyper,
    Optimizer,
    State,
    Update,
    View,
    cols,
    counts,
    diagonal,
    eigenvectors,
    hyperparameters,
    identity,
    intermediates,
    matmul,
    ndim,
    rows,
    states,
    t,
    theta,
    transpose,
)

lr, momentum, matrix_eps = hyperparameters("lr momentum matrix_eps")
(preconditioning_compute_steps,) = counts("preconditioning_compute_steps")
left, right, qleft, qright, v, b = states("left right qleft qright v b")
dleft, dright = states("dleft dright")
scaled, u = intermediates("scaled u")

MATRIX = ndim >= 2
DUE = Eq(Mod(t - 1, preconditioning_compute_steps), 0)


def summed(old: Expr, new: Expr, axis: Axis) -> Expr:
    """What was, and at first a multiple of the identity."""
    return Piecewise((matrix_eps * identity(axis) + new, Eq(t, 1)), (old + new, True))


def found(P: Expr, Q: Expr) -> Expr:
    """The eigenvectors, where they are due."""
    return Piecewise((eigenvectors(P), DUE), (Q, True))


def root(P: Expr, Q: Expr) -> Expr:
    """The inverse of the fourth root of a matrix, whose eigenvectors are known."""
    values = diagonal(matmul(transpose(Q), P, Q))
    return matmul(Q * Max(values, matrix_eps) ** Rational(-1, 4), transpose(Q))


shampoo = Optimizer(
    "Shampoo",
    summary="Shampoo: the gradient between inverse roots of sums over its rows and columns.",
    source="Gupta, Koren & Singer, 2018, arXiv:1802.09568, Algorithm 1; momentum as SGD's",
    lineage=["Adagrad"],
    view=View(flat=ndim >= 4),
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(momentum, "0", UNIT, "momentum factor", latex=r"\mu"),
        weight_decay,
        Hyper(
            preconditioning_compute_steps,
            "1",
            AT_LEAST_ONE,
            "steps from one root to the next",
            latex="k",
        ),
        Hyper(matrix_eps, "1e-6", POSITIVE, "what the sums start from", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(left, init=None, key="pre_cond_0", shape=(rows, rows), when=MATRIX, latex="L"),
        State(right, init=None, key="pre_cond_1", shape=(cols, cols), when=MATRIX, latex="R"),
        State(qleft, init=0, key="basis_0", shape=(rows, rows), when=MATRIX, latex="Q_L"),
        State(qright, init=0, key="basis_1", shape=(cols, cols), when=MATRIX, latex="Q_R"),
        State(dleft, init=0, key="inv_pre_cond_0", shape=(rows, rows), when=MATRIX, latex="A"),
        State(dright, init=0, key="inv_pre_cond_1", shape=(cols, cols), when=MATRIX, latex="B"),
        State(v, init=0, key="sum", when=Not(MATRIX), domain=NON_NEGATIVE),
        State(b, init=0, key="momentum_buffer", when=Ne(momentum, 0)),
    ],
    updates=[
        ascend_or_descend,
        l2(),
        Update(left[t], summed(left[t - 1], matmul(gtilde[t], transpose(gtilde[t])), rows)),
        Update(right[t], summed(right[t - 1], matmul(transpose(gtilde[t]), gtilde[t]), cols)),
        Update(qleft[t], found(left[t], qleft[t - 1])),
        Update(qright[t], found(right[t], qright[t - 1])),
        Update(dleft[t], Piecewise((root(left[t], qleft[t]), DUE), (dleft[t - 1], True))),
        Update(dright[t], Piecewise((root(right[t], qright[t]), DUE), (dright[t - 1], True))),
        Update(v[t], v[t - 1] + gtilde[t] ** 2),
        Update(
            scaled[t],
            Piecewise(
                (matmul(dleft[t], gtilde[t], dright[t]), MATRIX),
                (gtilde[t] / sqrt(v[t] + matrix_eps), True),
            ),
        ),
        Update(b[t], momentum * b[t - 1] + scaled[t]),
        Update(u[t], Piecewise((b[t], Ne(momentum, 0)), (scaled[t], True))),
        Update(theta[t], theta[t - 1] - lr * u[t]),
    ],
)
