"""What is done to the direction a rule steps in."""

from sympy import Abs, sign

from ..language import (
    Operator,
    Update,
    direction,
    gradient,
    intermediates,
    t,
)

(signed,) = intermediates("signed")

grams = Operator(
    "grams",
    adds="its steps for their sizes, and the gradient for their signs",
    source="Cao et al., 2024, arXiv:2412.17107, Algorithm 1",
    updates=[Update(signed[t], sign(gradient[t]) * Abs(direction[t]))],
    gives={direction: signed[t]},
)
