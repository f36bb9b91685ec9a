"""Adam, with AMSGrad and both kinds of weight decay as options."""

from sympy import Max, Piecewise, sqrt

from ..gradients import (
    ascend_or_descend,
    decay_parameter,
    gtilde,
    l2,
    maximize,
    thetabar,
    weight_decay,
)
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Hyper,
    Optimizer,
    Option,
    State,
    Update,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
amsgrad, decoupled_weight_decay = flags("amsgrad decoupled_weight_decay")
m, v, vmax = states("m v vmax")
mhat, vhat, vtilde = intermediates("mhat vhat vtilde")

adam = Optimizer(
    "Adam",
    summary="Adam: momentum, scaled by a running average of squared gradients.",
    source="Kingma & Ba, 2015, arXiv:1412.6980, Algorithm 1; AMSGrad: Reddi et al., 2018, "
    "arXiv:1904.09237, Algorithm 2",
    peer="torch.optim.Adam",
    lineage=["RMSprop"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Option(amsgrad, "divide by the largest second moment seen so far"),
        maximize,
        Option(
            decoupled_weight_decay,
            "shrink the parameter instead of adding to the gradient, as AdamW",
            keyword=True,
        ),
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(
            vmax,
            init=0,
            key="max_exp_avg_sq",
            when=amsgrad,
            domain=NON_NEGATIVE,
            latex=r"v^{\max}",
        ),
    ],
    updates=[
        ascend_or_descend,
        l2(unless=decoupled_weight_decay),
        decay_parameter(lr, when=decoupled_weight_decay),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * gtilde[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2),
        Update(vmax[t], Max(vmax[t - 1], v[t])),
        Update(mhat[t], m[t] / (1 - beta1**t)),
        Update(vtilde[t], Piecewise((vmax[t], amsgrad), (v[t], True))),
        Update(vhat[t], vtilde[t] / (1 - beta2**t)),
        Update(theta[t], thetabar[t] - lr * mhat[t] / (sqrt(vhat[t]) + eps)),
    ],
)
