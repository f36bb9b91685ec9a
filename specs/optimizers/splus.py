"""SPlus: signs of the momentum in the eigenbasis of Shampoo's preconditioner, which turns seldom.

A step of a matrix is as long as its shape says; what is no matrix takes signs as they are. The
average of the parameters is what one evaluates by. Of more than two axes, the first by all others
is seen as a matrix; its authors' code takes signs there.
"""

from dataclasses import replace

from sympy import And, Eq, Expr, Mod, Or, Piecewise, sign

from ..gradients import ascend_or_descend, g, maximize, weight_decay
from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Output,
    State,
    Update,
    View,
    cols,
    counts,
    eigenvectors,
    hyperparameters,
    intermediates,
    matmul,
    ndim,
    rows,
    states,
    t,
    theta,
    transpose,
)

lr, beta1, beta2, ema_rate, nonstandard_constant = hyperparameters(
    "lr beta1 beta2 ema_rate nonstandard_constant"
)
inverse_steps, max_dim = counts("inverse_steps max_dim")
m, left, right, qleft, qright, ema = states("m left right qleft qright ema")
seen, u, rate = intermediates("seen u rate")

LEFT = And(ndim >= 2, rows < max_dim)
RIGHT = And(ndim >= 2, cols < max_dim)
DUE = Or(Eq(t, 1), Eq(Mod(t, inverse_steps), 0))


def basis(P: Expr, Q: Expr) -> Expr:
    """The eigenvectors, where they are due."""
    return Piecewise((eigenvectors(P), DUE), (Q, True))


def turned(A: Expr, X: Expr, B: Expr) -> Expr:
    """A matrix in other bases, of its rows and of its columns, where it has them."""
    return Piecewise(
        (X, Eq(t, 1)),
        (matmul(A, X, B), And(LEFT, RIGHT)),
        (matmul(A, X), LEFT),
        (matmul(X, B), RIGHT),
        (X, True),
    )


splus = Optimizer(
    "SPlus",
    summary="SPlus: signs in the eigenbasis of Shampoo's preconditioner, at stable rates.",
    source="Frans, Levine & Abbeel, 2025, arXiv:2506.07254, Algorithm 1; decay decoupled",
    lineage=["Shampoo"],
    view=View(flat=ndim >= 3),
    hyper=[
        Hyper(lr, "0.1", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the momentum", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the preconditioner", argument="betas"),
        replace(weight_decay, default="1e-2"),
        Hyper(ema_rate, "0.999", UNIT, "decay rate of the parameters' average", latex=r"\beta_3"),
        Hyper(inverse_steps, "100", AT_LEAST_ONE, "steps from one basis to the next", latex="f"),
        Hyper(
            nonstandard_constant,
            "1e-3",
            NON_NEGATIVE,
            "factor of the rate of what has no basis for both of its axes",
            latex="c",
        ),
        Hyper(max_dim, "10000", NON_NEGATIVE, "length from which an axis has no basis", latex="d"),
        maximize,
    ],
    states=[
        State(m, init=0, key="momentum"),
        State(left, init=0, key="sides_0", shape=(rows, rows), when=LEFT, latex="L"),
        State(right, init=0, key="sides_1", shape=(cols, cols), when=RIGHT, latex="R"),
        State(qleft, init=0, key="q_sides_0", shape=(rows, rows), when=LEFT, latex="Q_L"),
        State(qright, init=0, key="q_sides_1", shape=(cols, cols), when=RIGHT, latex="Q_R"),
        State(ema, init=0, key="ema", latex=r"\bar{\theta}"),
    ],
    outputs=[
        Output(
            "averaged", ema[t] / (1 - ema_rate**t), "the average of the parameters to evaluate by"
        )
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(seen[t], sign(turned(transpose(qleft[t - 1]), m[t], qright[t - 1]))),
        Update(
            u[t],
            turned(
                qleft[t - 1],
                seen[t],
                transpose(qright[t - 1]),
            ),
        ),
        Update(left[t], beta2 * left[t - 1] + (1 - beta2) * matmul(g[t], transpose(g[t]))),
        Update(right[t], beta2 * right[t - 1] + (1 - beta2) * matmul(transpose(g[t]), g[t])),
        Update(qleft[t], basis(left[t], qleft[t - 1])),
        Update(qright[t], basis(right[t], qright[t - 1])),
        Update(
            rate[t],
            Piecewise(
                (2 * lr / (rows + cols), And(ndim >= 2, rows <= max_dim, cols <= max_dim)),
                (lr * nonstandard_constant, True),
            ),
        ),
        Update(
            theta[t],
            (theta[t - 1] - rate[t] * u[t]) * (1 - rate[t] * weight_decay.symbol),
        ),
        Update(
            ema[t],
            ema_rate * ema[t - 1] + (1 - ema_rate) * (theta[t - 1] - rate[t] * u[t]),
        ),
    ],
)
