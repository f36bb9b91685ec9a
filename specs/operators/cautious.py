"""Caution: no step against the gradient."""

from sympy import Max, Piecewise, Rational

from ..language import (
    Operator,
    Update,
    direction,
    gradient,
    intermediates,
    mean,
    t,
)

mask, masked = intermediates("mask masked")

cautious = Operator(
    "cautious",
    adds="steps only of elements whose gradient has their sign",
    source="Liang et al., 2024, arXiv:2411.16085, Algorithm 1; the mean of the mask kept from 0",
    updates=[
        Update(mask[t], Piecewise((1, direction[t] * gradient[t] > 0), (0, True))),
        Update(masked[t], direction[t] * mask[t] / Max(mean(mask[t]), Rational(1, 1000))),
    ],
    gives={direction: masked[t]},
)
