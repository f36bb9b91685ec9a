"""Tiger: signed steps along an average of the gradient."""

from sympy import sign

from ..gradients import g, thetabar
from ..language import UNIT, Hyper, State, Update, derived, hyperparameters, t, theta
from .signsgd import lr, m
from .signum import signum as _signum

(beta,) = hyperparameters("beta")

tiger = derived(
    _signum,
    "Tiger",
    defaults={"weight_decay": "1e-2"},
    summary="Tiger: steps by the sign of an average of gradients, with decoupled weight decay.",
    source="Su, 2023, github.com/bojone/tiger, without its groups of layers and accumulation; not "
    "checked against it",
    hyper=["lr", Hyper(beta, "0.965", UNIT, "decay rate of the average", latex=r"\beta")],
    states=[State(m, init=0, key="exp_avg")],
    updates=[
        Update(m[t], beta * m[t - 1] + (1 - beta) * g[t]),
        Update(theta[t], thetabar[t] - lr * sign(m[t])),
    ],
)
