"""Look-ahead: slow weights that follow the fast ones every few steps."""

from fractions import Fraction

from sympy import Eq, Mod, Piecewise

from ..language import (
    UNIT_CLOSED,
    Hyper,
    Interval,
    Operator,
    State,
    Update,
    counts,
    hyperparameters,
    states,
    stepped,
    t,
    theta,
)

(alpha,) = hyperparameters("alpha")
(k,) = counts("k")
(slow,) = states("slow")
is_due = Eq(Mod(t, k), 0)

lookahead = Operator(
    "lookahead",
    adds="slow weights, to which it returns every k steps",
    source="Zhang et al., 2019, arXiv:1907.08610, Algorithm 1",
    hyper=[
        Hyper(k, "5", Interval(low=Fraction(1)), "steps from one return to the next"),
        Hyper(alpha, "0.5", UNIT_CLOSED, "how far the slow weights follow", latex=r"\alpha"),
    ],
    states=[State(slow, init=theta[0], key="slow_buffer", latex=r"\phi")],
    updates=[
        Update(
            slow[t],
            Piecewise(
                (slow[t - 1] + alpha * (stepped[t] - slow[t - 1]), is_due), (slow[t - 1], True)
            ),
        ),
        Update(theta[t], Piecewise((slow[t], is_due), (stepped[t], True))),
    ],
)
