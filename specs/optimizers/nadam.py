"""NAdam: Adam with Nesterov's momentum and a momentum that warms up."""

from sympy import Rational, sqrt

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
    UNIT_CLOSED,
    Hyper,
    Optimizer,
    Option,
    Shape,
    State,
    Update,
    flags,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps, momentum_decay = hyperparameters("lr beta1 beta2 eps momentum_decay")
(decoupled_weight_decay,) = flags("decoupled_weight_decay")
m, v, mu_product = states("m v mu_product")
mu, mu_next, mhat, vhat = intermediates("mu mu_next mhat vhat")

DECAY_BASE = Rational(96, 100)

nadam = Optimizer(
    "NAdam",
    summary="NAdam: Adam with Nesterov momentum.",
    source="Dozat, 2016, Incorporating Nesterov momentum into Adam, Algorithm 8",
    peer="torch.optim.NAdam",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "2e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        weight_decay,
        Hyper(
            momentum_decay, "4e-3", NON_NEGATIVE, "rate of the momentum's warm-up", latex=r"\psi"
        ),
        Option(
            decoupled_weight_decay,
            "shrink the parameter instead of adding to the gradient, as AdamW",
        ),
        maximize,
    ],
    states=[
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", domain=NON_NEGATIVE),
        State(
            mu_product,
            init=1,
            key="mu_product",
            shape=Shape.SCALAR,
            domain=UNIT_CLOSED,
            latex=r"M",
        ),
    ],
    updates=[
        ascend_or_descend,
        l2(unless=decoupled_weight_decay),
        decay_parameter(lr, when=decoupled_weight_decay),
        Update(mu[t], beta1 * (1 - DECAY_BASE ** (t * momentum_decay) / 2)),
        Update(mu_next[t], beta1 * (1 - DECAY_BASE ** ((t + 1) * momentum_decay) / 2)),
        Update(mu_product[t], mu_product[t - 1] * mu[t]),
        Update(m[t], beta1 * m[t - 1] + (1 - beta1) * gtilde[t]),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * gtilde[t] ** 2),
        Update(
            mhat[t],
            mu_next[t] * m[t] / (1 - mu_product[t] * mu_next[t])
            + (1 - mu[t]) * gtilde[t] / (1 - mu_product[t]),
        ),
        Update(vhat[t], v[t] / (1 - beta2**t)),
        Update(theta[t], thetabar[t] - lr * mhat[t] / (sqrt(vhat[t]) + eps)),
    ],
)
