"""AdaShift: Adam whose second moment is of gradients that its momentum no longer has.

So a gradient is divided by what does not depend on it. The momentum is of the last ten gradients,
the paper's number, which are kept; nothing moves before there is an older one.
"""

from sympy import Add, Expr, Max, Not, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Series,
    Shape,
    State,
    Update,
    amax,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

KEPT = 10

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
(by_tensors,) = flags("by_tensors")
m, v, largest = states("m v largest")
last = states(" ".join(f"q{k}" for k in range(1, KEPT + 1)))
second, vhat = intermediates("second vhat")

_OLDER = last[-1][t - 1]
_WEIGHTS = Add(*(beta1**k for k in range(KEPT)))
_BEGINS = t <= KEPT


def averaged(v: Series, square: Expr) -> Expr:
    """A second moment, which begins when there is an older gradient."""
    return Piecewise((v[t - 1], _BEGINS), (beta2 * v[t - 1] + (1 - beta2) * square, True))


adashift = Optimizer(
    "AdaShift",
    summary="AdaShift: Adam whose second moment is of gradients older than its momentum's.",
    source="Zhou et al., 2019, arXiv:1810.00143, Algorithm 3; not checked against the paper",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the weights of gradients", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        Option(
            by_tensors,
            "keep one second moment of a tensor, of its largest square",
            default=True,
        ),
        maximize,
    ],
    states=[
        *(State(q, init=0, key=f"grad_{k}", latex=f"g_{{({k})}}") for k, q in enumerate(last, 1)),
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", when=Not(by_tensors), domain=NON_NEGATIVE),
        State(
            largest,
            init=0,
            key="exp_avg_max",
            shape=Shape.PER_TENSOR,
            when=by_tensors,
            domain=NON_NEGATIVE,
            latex=r"v^{\max}",
        ),
    ],
    updates=[
        ascend_or_descend,
        *(
            Update(newer[t], older)
            for newer, older in zip(last, [g[t], *(q[t - 1] for q in last[:-1])], strict=True)
        ),
        Update(
            m[t], beta1 * (m[t - 1] - beta1 ** (KEPT - 1) / _WEIGHTS * _OLDER) + g[t] / _WEIGHTS
        ),
        Update(v[t], averaged(v, _OLDER**2)),
        Update(largest[t], averaged(largest, amax(_OLDER**2))),
        Update(second[t], Piecewise((largest[t], by_tensors), (v[t], True))),
        Update(vhat[t], second[t] / (1 - beta2 ** Max(1, t - KEPT))),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1], _BEGINS),
                (theta[t - 1] - lr * m[t] / (sqrt(vhat[t]) + eps), True),
            ),
        ),
    ],
)
