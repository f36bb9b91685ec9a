"""PID: SGD that adds the sum of gradients and their change, as a controller of a process does."""

from sympy import Eq, Integer, Ne, Piecewise

from ..gradients import gtilde
from ..language import (
    NON_NEGATIVE,
    Hyper,
    State,
    Update,
    derived,
    hyperparameters,
    states,
    t,
    theta,
)
from .sgd import b, lr, momentum
from .sgd import sgd as _sgd

derivative, integral = hyperparameters("derivative integral")
last, change = states("last change")

pid = derived(
    _sgd,
    "PID",
    options={"nesterov": False},
    summary="PID: SGD that adds the sum of gradients and their change, as a PID controller does.",
    source="An et al., 2018, A PID controller approach for stochastic optimization of deep "
    "networks, eq. 11, as in github.com/tensorboy/PIDOptimizer; not checked against the paper",
    hyper=[
        "dampening",
        Hyper(derivative, "10", NON_NEGATIVE, "factor of the gradient's change", latex="K_d"),
        Hyper(integral, "5", NON_NEGATIVE, "factor of the sum of gradients", latex="K_i"),
    ],
    states=[
        State(b, init=None, key="i_buffer", when=Ne(momentum, 0)),
        State(last, init=0, key="grad_buffer", when=Ne(momentum, 0)),
        State(change, init=0, key="d_buffer", when=Ne(momentum, 0)),
    ],
    updates=[
        Update(last[t], gtilde[t]),
        Update(
            change[t],
            Piecewise(
                (Integer(0), Eq(t, 1)),
                (momentum * change[t - 1] + (1 - momentum) * (gtilde[t] - last[t - 1]), True),
            ),
        ),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1] - lr * gtilde[t], Eq(momentum, 0)),
                (
                    theta[t - 1] - lr * (gtilde[t] + integral * b[t] + derivative * change[t]),
                    True,
                ),
            ),
        ),
    ],
)
