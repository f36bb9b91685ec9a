"""The trust ratio: what a rule descends by, or steps along, scaled to the norm of each tensor."""

from sympy import And, Expr, Piecewise

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
trust, scaled = intermediates("trust scaled")


def _to_norm(x: Expr) -> tuple[Update, Update]:
    """It, as long as the parameter times the coefficient; where either vanishes, as it is."""
    size, own = norm(theta[t - 1]), norm(x)
    return (
        Update(trust[t], Piecewise((coefficient * size / own, And(size > 0, own > 0)), (1, True))),
        Update(scaled[t], trust[t] * x),
    )


trust_ratio = Operator(
    "trust_ratio",
    adds="steps scaled to the norm of each tensor",
    source="You et al., 2020, arXiv:1904.00962, Algorithm 2, with the norm itself for phi",
    hyper=[Hyper(coefficient, "1", NON_NEGATIVE, "step at a rate of one, beside the norm")],
    updates=_to_norm(direction[t]),
    gives={direction: scaled[t]},
)

lars = Operator(
    "lars",
    adds="the gradient of each tensor scaled to the tensor's norm",
    source="You et al., 2017, arXiv:1708.03888, eq. 6",
    hyper=[Hyper(coefficient, "1e-3", NON_NEGATIVE, "how much it is trusted", latex=r"\eta")],
    updates=_to_norm(gradient[t]),
    gives={gradient: scaled[t]},
)
