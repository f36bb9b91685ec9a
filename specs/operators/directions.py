"""What is done to the direction a rule steps in."""

from sympy import Abs, And, Piecewise, sign

from ..language import (
    NON_NEGATIVE,
    Hyper,
    Operator,
    Update,
    direction,
    gradient,
    hyperparameters,
    intermediates,
    norm,
    t,
    theta,
)

(coefficient,) = hyperparameters("coefficient")
trust, scaled, signed = intermediates("trust scaled signed")

trust_ratio = Operator(
    "trust_ratio",
    adds="steps scaled to the norm of each tensor",
    source="You et al., 2020, arXiv:1904.00962, Algorithm 2, with the norm itself for phi",
    hyper=[Hyper(coefficient, "1", NON_NEGATIVE, "step at a rate of one, beside the norm")],
    updates=[
        Update(
            trust[t],
            Piecewise(
                (
                    coefficient * norm(theta[t - 1]) / norm(direction[t]),
                    And(norm(theta[t - 1]) > 0, norm(direction[t]) > 0),
                ),
                (1, True),
            ),
        ),
        Update(scaled[t], trust[t] * direction[t]),
    ],
    gives={direction: scaled[t]},
)

grams = Operator(
    "grams",
    adds="its steps for their sizes, and the gradient for their signs",
    source="Cao et al., 2024, arXiv:2412.17107, Algorithm 1",
    updates=[Update(signed[t], sign(gradient[t]) * Abs(direction[t]))],
    gives={direction: signed[t]},
)
