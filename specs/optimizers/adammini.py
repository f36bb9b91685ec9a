"""Adam-mini: Adam with one second moment for each block of a parameter, and not for each element.

What a block is, a group of parameters says: its authors take rows of embeddings, of outputs and of
most layers of a transformer, each head of queries and keys, elements of biases, and whole tensors
where they know no better.
"""

from sympy import And, Expr, Not, Piecewise, sqrt

from ..gradients import ascend_or_descend, decay_parameter, g, maximize, thetabar, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Choice,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    View,
    cols,
    hyperparameters,
    intermediates,
    mean,
    ndim,
    rows,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v, by_rows, whole = states("m v by_rows whole")
square, second, mhat, vhat = intermediates("square second mhat vhat")
partition = Choice(
    "partition",
    ("rows", "tensors", "elements"),
    "what has a second moment of its own; a vector has no rows, and is one block then",
)

ROWS = And(partition["rows"], ndim >= 2)
WHOLE = And(Not(partition["elements"]), Not(ROWS))


def average(old: Expr, new: Expr) -> Expr:
    return beta2 * old + (1 - beta2) * new


adammini = Optimizer(
    "AdamMini",
    summary="Adam-mini: AdamW with one second moment for each block, in half the memory.",
    source="Zhang et al., 2024, arXiv:2406.16793, Algorithm 1",
    lineage=["AdamW"],
    view=View(flat=ndim >= 3),
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\eta"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        partition,
        maximize,
    ],
    states=[
        State(m, init=0, key="m"),
        State(v, init=0, key="v", when=partition["elements"], domain=NON_NEGATIVE),
        State(
            by_rows,
            init=0,
            key="vmean_rows",
            shape=(rows,),
            when=ROWS,
            domain=NON_NEGATIVE,
            latex="r",
        ),
        State(
            whole,
            init=0,
            key="vmean",
            shape=Shape.PER_TENSOR,
            when=WHOLE,
            domain=NON_NEGATIVE,
            latex="s",
        ),
    ],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        Update(square[t], g[t] ** 2),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * g[t]),
        Update(v[t], average(v[t - 1], square[t])),
        Update(by_rows[t], average(by_rows[t - 1], mean(square[t], over=cols))),
        Update(whole[t], average(whole[t - 1], mean(square[t]))),
        Update(
            second[t],
            Piecewise((v[t], partition["elements"]), (by_rows[t], ROWS), (whole[t], True)),
        ),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vhat[t], second[t] / (1 - beta2**t)),
        Update(theta[t], thetabar[t] - lr * mhat[t] / (sqrt(vhat[t]) + eps)),
    ],
)
