"""A2Grad: Nesterov's acceleration at rates that follow from how much gradients vary.

The variation is measured for each tensor, by the norm of what a gradient is off the mean of all so
far, as in its authors' code. There the count starts one later than in the paper, whose is this.
"""

from sympy import Max, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Choice,
    Hyper,
    Optimizer,
    Shape,
    State,
    Update,
    hyperparameters,
    intermediates,
    mean,
    numel,
    states,
    t,
    theta,
)

beta, lips, rho = hyperparameters("beta lips rho")
middle, x, v, average = states("middle x v average")
spread, h, alpha, stride = intermediates("spread h alpha stride")
variant = Choice(
    "variant",
    ("uni", "inc", "exp"),
    "how squares of the variation add up: all alike, with weights that grow, or as an exponential "
    "average",
)

a2grad = Optimizer(
    "A2Grad",
    summary="A2Grad: accelerated descent with step sizes set by how much gradients vary.",
    source="Deng, Cheng & Lan, 2018, arXiv:1810.00553, Algorithms 2 to 4, norms as in its authors' "
    "code; not checked against the paper",
    lineage=["SGD"],
    hyper=[
        Hyper(beta, "10", NON_NEGATIVE, "weight of the variation", latex=r"\beta"),
        Hyper(lips, "10", POSITIVE, "how fast gradients can change", latex="L"),
        Hyper(rho, "0.5", UNIT, "decay rate of the exponential average", latex=r"\rho"),
        variant,
        maximize,
    ],
    states=[
        State(middle, init=0, key="avg_grad", latex=r"\bar{g}"),
        State(x, init=theta[0], key="x_k"),
        State(v, init=0, key="v_k", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE),
        State(
            average,
            init=0,
            key="v_kk",
            shape=Shape.PER_TENSOR,
            when=variant["exp"],
            domain=NON_NEGATIVE,
            latex=r"\tilde{v}",
        ),
    ],
    updates=[
        ascend_or_descend,
        Update(middle[t], middle[t - 1] + (g[t] - middle[t - 1]) / t),
        # What the gradient is off its mean by.
        Update(spread[t], numel * mean(((t - 1) / t * (g[t] - middle[t - 1])) ** 2)),
        Update(average[t], rho * average[t - 1] + (1 - rho) * spread[t]),
        Update(
            v[t],
            Piecewise(
                (Max(v[t - 1], average[t]), variant["exp"]),
                (((t - 1) / t) ** 2 * v[t - 1] + spread[t], variant["inc"]),
                (v[t - 1] + spread[t], True),
            ),
        ),
        Update(h[t], Piecewise((sqrt(v[t]), variant["uni"]), (sqrt(t * v[t]), True))),
        Update(stride[t], 1 / (2 * lips / t + beta * h[t])),
        Update(alpha[t], 2 / (t + 1)),
        Update(x[t], x[t - 1] - stride[t] * g[t]),
        Update(
            theta[t],
            t / (t + 2) * (theta[t - 1] - alpha[t] * stride[t] * g[t]) + 2 / (t + 2) * x[t],
        ),
    ],
)
