"""The largest learning rate so far, which some operators keep."""

from sympy import Max

from ..language import NON_NEGATIVE, Shape, State, Update, lr, states, t

(lrmax,) = states("lrmax")

LARGEST = State(
    lrmax,
    init=0,
    key="lr_max",
    shape=Shape.SCALAR,
    domain=NON_NEGATIVE,
    latex=r"\gamma^{\max}",
)
FOLLOWS = Update(lrmax[t], Max(lrmax[t - 1], lr))
