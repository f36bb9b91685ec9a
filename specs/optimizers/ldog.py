"""LDoG: DoG for each tensor by itself."""

from sympy import Eq, Max, Piecewise, sqrt

from ..gradients import gtilde
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Shape,
    State,
    Update,
    derived,
    norm,
    t,
    theta,
)
from .dog import dog as _dog
from .dog import eps, eta, lr, rbar, reps_rel, squares, theta0

ldog = derived(
    _dog,
    "LDoG",
    summary="LDoG: distance over gradients for each tensor, at rates that need no tuning.",
    source="Ivgi, Hinder & Carmon, 2023, arXiv:2302.12022, section 3.3, as in dog-optimizer 1.0.3; "
    "not checked against the paper",
    hyper=[
        Hyper(
            reps_rel,
            "1e-6",
            POSITIVE,
            "distance that the first step is taken for, relative to one more than the norm of the "
            "tensor; 1e-4 with batch normalization",
            latex=r"r_\epsilon",
        ),
    ],
    states=[
        State(
            rbar,
            init=None,
            key="rbar",
            shape=Shape.PER_TENSOR,
            domain=NON_NEGATIVE,
            latex=r"\bar{r}",
        ),
        State(squares, init=eps, key="G", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE, latex="G"),
    ],
    updates=[
        Update(
            rbar[t],
            Piecewise(
                (reps_rel * (1 + norm(theta[t - 1])), Eq(t, 1)),
                (Max(rbar[t - 1], norm(theta[t - 1] - theta0[t - 1])), True),
            ),
        ),
        Update(squares[t], squares[t - 1] + norm(gtilde[t]) ** 2),
        # In half precision the epsilon that the sum starts from is 0.
        Update(eta[t], Piecewise((lr * rbar[t] / sqrt(squares[t]), squares[t] > 0), (0, True))),
    ],
)
