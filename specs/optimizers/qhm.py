"""QHM: a step that is a mean of the gradient and of its average."""

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    UNIT,
    UNIT_CLOSED,
    Hyper,
    Optimizer,
    State,
    Update,
    hyperparameters,
    states,
    t,
    theta,
)

lr, momentum, nu = hyperparameters("lr momentum nu")
(b,) = states("b")

qhm = Optimizer(
    "QHM",
    summary="QHM: steps along a weighted mean of the gradient and of its average.",
    source="Ma & Yarats, 2019, arXiv:1810.06801, eqs. 3 and 4, with the defaults that it "
    "recommends; not checked against the paper",
    step_key="",
    lineage=["SGD(momentum)"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0.999", UNIT, "decay rate of the gradient's average", latex=r"\beta"),
        Hyper(nu, "0.7", UNIT_CLOSED, "weight of the average in the step", latex=r"\nu"),
        weight_decay,
        maximize,
    ],
    states=[State(b, init=0, key="momentum_buffer")],
    updates=[
        ascend_or_descend,
        l2(),
        Update(b[t], momentum * b[t - 1] + (1 - momentum) * gtilde[t]),
        Update(theta[t], theta[t - 1] - lr * ((1 - nu) * gtilde[t] + nu * b[t])),
    ],
)
