"""SparseAdam: Adam of embeddings, most rows of which have no gradient in a step.

An element without a gradient stays as it is, with its moments, and so does a row that a sparse
gradient does not name. The correction for the start counts all steps.
"""

from dataclasses import replace

from sympy import Eq, Expr, Piecewise, sqrt

from ..gradients import g, maximize
from ..language import Series, Update, derived, t, theta
from .adam import adam as _adam
from .adam import beta1, beta2, eps, lr, m, v


def _where_there_is_a_gradient(series: Series, new: Expr) -> Update:
    """The new value, and elsewhere the one before."""
    return Update(series[t], Piecewise((series[t - 1], Eq(g[t], 0)), (new, True)))


sparseadam = derived(
    _adam,
    "SparseAdam",
    options={"amsgrad": False, "decoupled_weight_decay": False},
    summary="SparseAdam: Adam that leaves elements without a gradient, and their moments, alone.",
    hyper=[replace(maximize, keyword=False)],  # as torch has it
    source="torch.optim.SparseAdam; Adam: Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 1",
    updates=[
        _where_there_is_a_gradient(m, beta1 * m[t - 1] + (1 - beta1) * g[t]),
        _where_there_is_a_gradient(v, beta2 * v[t - 1] + (1 - beta2) * g[t] ** 2),
        _where_there_is_a_gradient(
            theta,
            theta[t - 1] - lr * sqrt(1 - beta2**t) / (1 - beta1**t) * m[t] / (sqrt(v[t]) + eps),
        ),
    ],
)
