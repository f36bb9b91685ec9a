"""Stochastic gradient descent, with momentum in accumulated form and Nesterov's variant."""

from sympy import And, Eq, Implies, Ne, Piecewise

from ..gradients import ascend_or_descend, gtilde, l2, maximize, weight_decay
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
    states,
    t,
    theta,
)

lr, momentum, dampening = hyperparameters("lr momentum dampening")
(nesterov,) = flags("nesterov")
(b,) = states("b")
(d,) = intermediates("d")

sgd = Optimizer(
    "SGD",
    summary="Stochastic gradient descent, with optional momentum.",
    source="Sutskever et al., 2013, On the importance of initialization and momentum, eqs. 1-4",
    peer="torch.optim.SGD",
    step_key="",
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\gamma"),
        Hyper(momentum, "0", NON_NEGATIVE, "momentum factor", latex=r"\mu"),
        Hyper(dampening, "0", REAL, "dampening of the momentum", latex=r"\tau"),
        weight_decay,
        Option(nesterov, "take Nesterov's momentum"),
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
        Update(
            b[t],
            Piecewise(
                (gtilde[t], Eq(t, 1)),
                (momentum * b[t - 1] + (1 - dampening) * gtilde[t], True),
            ),
        ),
        Update(
            d[t],
            Piecewise(
                (gtilde[t], Eq(momentum, 0)),
                (gtilde[t] + momentum * b[t], nesterov),
                (b[t], True),
            ),
        ),
        Update(theta[t], theta[t - 1] - lr * d[t]),
    ],
)
