"""SinkGD: gradients whose rows and columns are brought to one norm by turns, and no states."""

from fractions import Fraction

from sympy import Expr, Max, sqrt

from ..gradients import decay_parameter, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Interval,
    Optimizer,
    Update,
    cols,
    counts,
    grad,
    hyperparameters,
    intermediates,
    iterate,
    norm,
    rows,
    t,
    theta,
)

lr, eps = hyperparameters("lr eps")
(num_iters,) = counts("num_iters")
(x,) = intermediates("x")


def normalized(X: Expr) -> Expr:
    """Its rows, and then its columns, of norm 1."""
    by_rows = X / Max(norm(X, over=cols), eps)
    return by_rows / Max(norm(by_rows, over=rows), eps)


sinkgd = Optimizer(
    "SinkGD",
    summary="SinkGD: gradients normalised by rows and by columns in turn, without states.",
    source="Scetbon et al., 2025, arXiv:2502.06742, Algorithm 3; not checked against the paper",
    lineage=["SGD"],
    step_key="",
    hyper=[
        Hyper(lr, "1e-2", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        weight_decay,
        Hyper(
            num_iters,
            "5",
            Interval(low=Fraction(1), high=Fraction(100), high_open=True),
            "rounds",
            latex="L",
        ),
        Hyper(eps, "1e-8", POSITIVE, "least norm that is divided by", latex=r"\epsilon"),
    ],
    states=[],
    updates=[
        decay_parameter(lr),
        Update(x[t], iterate(num_iters, grad(theta[t - 1]), normalized)),
        # Of root mean square 1, as the paper has it after each half of a round.
        Update(theta[t], thetabar[t] - lr * sqrt(rows) * x[t]),
    ],
)
