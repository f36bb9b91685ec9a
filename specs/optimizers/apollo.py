"""APOLLO: SGD whose rate for each row or column is that of Adam on a random projection.

Adam's moments are kept of the gradient projected on a few random directions, drawn anew every
``update_proj_gap`` steps. By as much as Adam makes longer what is seen of a row or column there,
the gradient is made longer itself. No step is longer than the one before it by more than a factor.
The paper's algorithm is for matrices; what has less than two axes takes AdamW. Of more than two
axes, the first by all others is seen as a matrix.
"""

from dataclasses import replace

from sympy import Expr, Max, Piecewise, Rational, sqrt

from ..families.low_rank import (
    DUE,
    SIDES,
    STATES,
    Side,
    arguments,
    held,
    kept,
    lr,
    n,
    of_sides,
    rank,
)
from ..gradients import ascend_or_descend, decay_parameter, g, thetabar
from ..language import (
    NON_NEGATIVE,
    Choice,
    Hyper,
    Input,
    Interval,
    Optimizer,
    Shape,
    Source,
    State,
    Update,
    View,
    basis,
    hyperparameters,
    inputs,
    intermediates,
    leading,
    ndim,
    norm,
    states,
    t,
    theta,
)
from .galore import SCALE, scale

(growth,) = hyperparameters("growth")
(length,) = states("length")
(xi,) = inputs("xi")
scaled, breadth, u = intermediates("scaled breadth u")
scale_type = Choice(
    "scale_type",
    ("channel", "tensor"),
    "what has a rate of its own: each row or column, along the longer axis, or the whole matrix",
)
GROWTH = Hyper(
    growth,
    "1.01",
    Interval(low=1),
    "times the length of the last step that the next may have",
    latex=r"\gamma",
)
LENGTH = State(
    length,
    init=0,
    key="scaled_grad",
    shape=Shape.PER_TENSOR,
    when=ndim >= 2,
    domain=NON_NEGATIVE,
    latex=r"\ell",
)

_LEAST = Rational(1, 10**30)


def longer(side: Side) -> Expr:
    """By how much Adam makes longer what is seen of each row or column of a gradient."""
    return side.turned(norm(side.n[t], over=basis) / Max(norm(side.low[t], over=basis), _LEAST))


def drawn(side: Side) -> Expr:
    """Random directions, of a length of about one."""
    return leading(side.upright(xi[t]), basis) / sqrt(basis)


def stretch(side: Side) -> Update:
    """By how much a gradient is made longer: each row or column, or the whole matrix."""
    of_all = norm(side.n[t]) / Max(norm(side.low[t]), _LEAST)
    each = Piecewise((of_all, scale_type["tensor"]), (longer(side), True))
    return Update(side.series("stretch")[t], each)


def scaled_by(side: Side) -> Expr:
    """The gradient, made longer so."""
    return side.series("stretch")[t] * g[t]


_limited, _step = held(scaled[t], breadth[t], length, growth)

apollo = Optimizer(
    "APOLLO",
    summary="APOLLO: SGD with a rate for each row or column, from Adam on a random projection.",
    source="Zhu et al., 2024, arXiv:2412.05270, Algorithm 1; not checked against the paper",
    lineage=["GaLore"],
    view=View(flat=ndim >= 3, rank=rank),
    hyper=arguments(
        replace(SCALE, default="1", doc="square of the factor of the rate of a matrix"),
        scale_type,
        GROWTH,
        ranks="256",
    ),
    inputs=[Input(xi, Source.NORMAL, "directions to project on", when=DUE, latex=r"\xi")],
    states=[*STATES, LENGTH],
    updates=[
        ascend_or_descend,
        decay_parameter(lr),
        *kept(drawn),
        *map(stretch, SIDES),
        Update(scaled[t], of_sides(scaled_by, g[t])),
        Update(breadth[t], norm(scaled[t])),
        _limited,
        Update(u[t], Piecewise((sqrt(scale) * _step, ndim >= 2), (n[t], True))),
        Update(theta[t], thetabar[t] - lr * u[t]),
    ],
)
