"""Grafting: the direction of one rule, and the size of another."""

from sympy import Piecewise

from ..language import Operator, Update, intermediates, norm, stepped, t, theta

(other,) = intermediates("other")
moved, length = intermediates("moved length")

graft = Operator(
    "graft",
    adds="steps of each tensor as long as those of {size}",
    source="Agarwal et al., 2020, arXiv:2002.11803, Algorithm 1, for each tensor by itself",
    beside={"size": other},
    updates=[
        Update(moved[t], stepped[t] - theta[t - 1]),
        Update(length[t], norm(other[t] - theta[t - 1])),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1] + (length[t] / norm(moved[t])) * moved[t], norm(moved[t]) > 0),
                (stepped[t], True),
            ),
        ),
    ],
)
