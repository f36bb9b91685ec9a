"""SparseAdam: Adam of embeddings, most rows of which have no gradient in a step.

An element without a gradient stays as it is, with its moments, and so does a row that a sparse
gradient does not name. The correction for the start counts all steps.
"""

from sympy import Eq, Expr, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
m, v = states("m v")


def where_there_is_a_gradient(new: Expr, old: Expr) -> Piecewise:
    """What is new, and elsewhere what was before."""
    return Piecewise((old, Eq(g[t], 0)), (new, True))


sparseadam = Optimizer(
    "SparseAdam",
    summary="SparseAdam: Adam that leaves elements without a gradient, and their moments, alone.",
    source="torch.optim.SparseAdam; Adam: Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 1",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
    ],
    updates=[
        ascend_or_descend,
        Update(m[t], where_there_is_a_gradient(beta1 * m[t - 1] + (1 - beta1) * g[t], m[t - 1])),
        Update(
            v[t], where_there_is_a_gradient(beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2, v[t - 1])
        ),
        Update(
            theta[t],
            where_there_is_a_gradient(
                theta[t - 1] - lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m[t] / (sqrt(v[t]) + eps),
                theta[t - 1],
            ),
        ),
    ],
)
