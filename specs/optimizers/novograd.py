"""NovoGrad: the second moment is one of each tensor, and gradients are divided by its root."""

from sympy import Eq, Max, Piecewise, sqrt

from ..gradients import ascend_or_descend, maximize, weight_decay
from ..gradients.descent import g
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    flags,
    hyperparameters,
    intermediates,
    norm,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
grad_averaging, amsgrad = flags("grad_averaging amsgrad")
m, v, vmax = states("m v vmax")
vhat, d = intermediates("vhat d")

novograd = Optimizer(
    "NovoGrad",
    summary="NovoGrad: momentum of gradients normalised layer by layer.",
    source="Ginsburg et al., 2019, arXiv:1905.11286, Algorithm 1",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.95", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.98", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Option(grad_averaging, "weight what is added to the first moment by 1 - beta1"),
        Option(amsgrad, "divide by the root of the largest second moment so far"),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=None, key="exp_avg_sq", shape=Shape.PER_TENSOR, domain=NON_NEGATIVE),
        State(
            vmax,
            init=0,
            key="max_exp_avg_sq",
            when=amsgrad,
            shape=Shape.PER_TENSOR,
            domain=NON_NEGATIVE,
        ),
    ],
    updates=[
        ascend_or_descend,
        Update(
            v[t],
            Piecewise(
                (norm(g[t]) ** 2, Eq(t, 1)),
                (beta2 * v[t - 1] + (1 - beta2) * norm(g[t]) ** 2, True),
            ),
        ),
        Update(vmax[t], Max(vmax[t - 1], v[t])),
        Update(vhat[t], Piecewise((vmax[t], amsgrad), (v[t], True))),
        Update(d[t], g[t] / (sqrt(vhat[t]) + eps) + weight_decay.symbol * theta[t - 1]),
        Update(
            m[t],
            Piecewise(
                (beta1 * m[t - 1] + (1 - beta1) * d[t], grad_averaging),
                (beta1 * m[t - 1] + d[t], True),
            ),
        ),
        Update(theta[t], theta[t - 1] - lr * m[t]),
    ],
)
