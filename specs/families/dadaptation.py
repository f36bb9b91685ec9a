"""What D-Adaptation's rules share: a rate made of a lower bound of the distance to the solution.

``d`` grows as far as the gradients so far prove that it may. Where nothing has been summed yet, no
step is taken.
"""

from sympy import And, Expr, Max, Min, Piecewise

from ..language import (
    AT_LEAST_ONE,
    NON_NEGATIVE,
    POSITIVE,
    Hyper,
    Shape,
    State,
    Update,
    hyperparameters,
    intermediates,
    states,
    t,
)

lr, d0, growth_rate = hyperparameters("lr d0 growth_rate")
(d,) = states("d")
dhat, dlr = intermediates("dhat dlr")

LR = Hyper(lr, "1", NON_NEGATIVE, "factor of the rate that is estimated", latex=r"\gamma")
D0 = Hyper(d0, "1e-6", POSITIVE, "first estimate of d", latex="d_0")
GROWTH_RATE = Hyper(
    growth_rate,
    "1e300",
    AT_LEAST_ONE,
    "most that d grows by in a step; infinite where it is to be free, or as good as that",
    latex=r"\rho",
)
D = State(d, init=d0, key="d", shape=Shape.GLOBAL, domain=POSITIVE)


def quotient(x: Expr, y: Expr) -> Update:
    """The new bound, where there is something to divide by."""
    return Update(dhat[t], Piecewise((x / y, And(y > 0, lr > 0)), (d[t - 1], True)))


GROW = Update(d[t], Max(d[t - 1], Min(dhat[t], d[t - 1] * growth_rate)))
