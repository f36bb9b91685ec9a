"""Polyak's step size: how far a loss is above its least, over the gradient's squared norm."""

from sympy import Max, Min, Piecewise

from ..language import (
    NON_NEGATIVE,
    REAL,
    Hyper,
    Input,
    Optimizer,
    Option,
    Source,
    Update,
    flags,
    global_total,
    grad,
    hyperparameters,
    inputs,
    intermediates,
    t,
    theta,
)

lr, max_learning_rate, f_min, eps = hyperparameters("lr max_learning_rate f_min eps")
(above,) = flags("above")
(f,) = inputs("f")
gap, steep, eta = intermediates("gap steep eta")

polyaksgd = Optimizer(
    "PolyakSGD",
    summary="PolyakSGD: SGD at a rate computed from the loss and its gradient.",
    source="Loizou et al., 2021, arXiv:2002.10542, eq. SPS_max, with c = 1; Polyak, 1969; the "
    "epsilon and the gap held above 0 as in optax",
    lineage=["SGD"],
    step_key="",
    hyper=[
        Hyper(lr, "1", NON_NEGATIVE, "factor of the rate that is found", latex="c"),
        Hyper(
            max_learning_rate,
            "1",
            NON_NEGATIVE,
            "largest rate, before that factor",
            latex=r"\gamma_b",
        ),
        Hyper(f_min, "0", REAL, "least value that the loss can have", latex="f^*"),
        Hyper(eps, "0", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        Option(above, "take a loss below its least value to be that value (SPS+)", keyword=True),
    ],
    states=[],
    inputs=[Input(f, Source.LOSS, "the loss")],
    updates=[
        Update(steep[t], global_total(grad(theta[t - 1]) ** 2) + eps),
        Update(gap[t], Piecewise((Max(f[t] - f_min, 0), above), (f[t] - f_min, True))),
        Update(
            eta[t], Piecewise((Min(gap[t] / steep[t], max_learning_rate), steep[t] > 0), (0, True))
        ),
        Update(theta[t], theta[t - 1] - lr * eta[t] * grad(theta[t - 1])),
    ],
)
