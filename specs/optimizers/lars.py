"""LARS: descent with momentum, each tensor at a rate that its norm and its gradient's give.

The momentum is of steps, as in the paper, and so remembers the rates they were taken at. Those of
timm and of apex are of gradients, as torch's is: they part where the rate changes. Where a norm
vanishes the gradient is taken as it is, and a small term keeps quotients from growing without end,
as there.
"""

from sympy import And, Eq, Implies, Min, Ne, Piecewise

from ..gradients import ascend_or_descend, g, gtilde, l2, maximize, weight_decay
from ..language import (
    NON_NEGATIVE,
    REAL,
    Constraint,
    Hyper,
    Optimizer,
    Option,
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

lr, momentum, dampening, trust_coeff, eps = hyperparameters("lr momentum dampening trust_coeff eps")
nesterov, trust_clip = flags("nesterov trust_clip")
(b,) = states("b")
wnorm, gnorm, trust, local, stride, d = intermediates("wnorm gnorm trust local stride d")

_LAMBDA = weight_decay.symbol

lars = Optimizer(
    "LARS",
    summary="LARS: SGD with a rate for each tensor, from its norm over its gradient's.",
    source="You, Gitman & Ginsburg, 2017, arXiv:1708.03888, Algorithm 1",
    lineage=["SGD(momentum)"],
    step_key="",
    hyper=[
        Hyper(lr, "1", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0", NON_NEGATIVE, "momentum factor", latex=r"\mu"),
        Hyper(dampening, "0", REAL, "dampening of the momentum", latex=r"\tau"),
        weight_decay,
        Option(nesterov, "take Nesterov's momentum"),
        Hyper(trust_coeff, "1e-3", NON_NEGATIVE, "how far a tensor is trusted", latex=r"\eta"),
        Hyper(eps, "1e-8", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        Option(trust_clip, "take no step at more than the learning rate (LARC)"),
        maximize,
    ],
    constraints=[
        Constraint(
            Implies(nesterov, And(momentum > 0, Eq(dampening, 0))),
            "nesterov needs momentum > 0 and dampening = 0",
        )
    ],
    states=[State(b, init=None, key="momentum_buffer", when=Ne(momentum, 0))],
    updates=[
        ascend_or_descend,
        l2(),
        Update(wnorm[t], norm(theta[t - 1])),
        Update(gnorm[t], norm(g[t])),
        Update(
            trust[t],
            Piecewise(
                (
                    trust_coeff * wnorm[t] / (gnorm[t] + _LAMBDA * wnorm[t] + eps),
                    And(wnorm[t] > 0, gnorm[t] > 0),
                ),
                (1, True),
            ),
        ),
        Update(local[t], Piecewise((Min(trust[t], lr), trust_clip), (lr * trust[t], True))),
        Update(stride[t], local[t] * gtilde[t]),
        Update(
            b[t],
            Piecewise(
                (stride[t], Eq(t, 1)),
                (momentum * b[t - 1] + (1 - dampening) * stride[t], True),
            ),
        ),
        Update(
            d[t],
            Piecewise(
                (stride[t], Eq(momentum, 0)),
                (stride[t] + momentum * b[t], nesterov),
                (b[t], True),
            ),
        ),
        Update(theta[t], theta[t - 1] - d[t]),
    ],
)
