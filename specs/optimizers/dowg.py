"""DoWG: the squared distance from the start over the root of the gradients weighted by it."""

from sympy import Max, sqrt

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
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

lr, init_estim_sq_dist, eps = hyperparameters("lr init_estim_sq_dist eps")
theta0, far, squares = states("theta0 far squares")
(eta,) = intermediates("eta")

dowg = Optimizer(
    "DoWG",
    summary="DoWG: distance over weighted gradients, SGD with a rate that needs no tuning.",
    source="Khaled, Mishchenko & Jin, 2023, arXiv:2305.16284, Algorithm 1; epsilon as in optax",
    lineage=["DoG"],
    hyper=[
        Hyper(lr, "1", NON_NEGATIVE, "factor of the rate, best left alone", latex="c"),
        Hyper(
            init_estim_sq_dist,
            "1e-4",
            POSITIVE,
            "first estimate of the squared distance, in optax that epsilon",
            latex=r"r_\epsilon^2",
        ),
        Hyper(eps, "1e-4", POSITIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        maximize,
    ],
    states=[
        State(theta0, init=theta[0], key="init_params", latex=r"\theta_0"),
        State(
            far,
            init=init_estim_sq_dist,
            key="estim_sq_dist",
            shape=Shape.GLOBAL,
            domain=POSITIVE,
            latex=r"\bar{r}^2",
        ),
        State(
            squares,
            init=0,
            key="weighted_sq_norm_grads",
            shape=Shape.GLOBAL,
            domain=NON_NEGATIVE,
            latex="v",
        ),
    ],
    step_key="",
    updates=[
        ascend_or_descend,
        l2(),
        Update(theta0[t], theta0[t - 1]),
        Update(far[t], Max(far[t - 1], global_total((theta[t - 1] - theta0[t - 1]) ** 2))),
        Update(squares[t], squares[t - 1] + far[t] * global_total(gtilde[t] ** 2)),
        Update(eta[t], lr * far[t] / (sqrt(squares[t]) + eps)),
        Update(theta[t], theta[t - 1] - eta[t] * gtilde[t]),
    ],
)
