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

coefficient, decay = hyperparameters("coefficient decay")
trust, scaled = intermediates("trust scaled")


def _to_norm(x: Expr, by: Expr, scales: Expr) -> tuple[Update, Update]:
    """What is scaled, by the coefficient times the parameter's norm over a length.

    Where that norm or the one of x vanishes, it is as it is.
    """
    size = norm(theta[t - 1])
    within = And(size > 0, norm(x) > 0)
    return (
        Update(trust[t], Piecewise((coefficient * size / by, within), (1, True))),
        Update(scaled[t], trust[t] * scales),
    )


trust_ratio = Operator(
    "trust_ratio",
    adds="steps scaled to the norm of each tensor",
    source="You et al., 2020, arXiv:1904.00962, Algorithm 2, with the norm itself for phi",
    hyper=[Hyper(coefficient, "1", NON_NEGATIVE, "step at a rate of one, beside the norm")],
    updates=_to_norm(direction[t], norm(direction[t]), direction[t]),
    gives={direction: scaled[t]},
)

lars = Operator(
    "lars",
    adds="the gradient of each tensor, and its decay, scaled to the tensor's norm",
    source="You et al., 2017, arXiv:1708.03888, eq. 6 and Algorithm 1",
    hyper=[
        Hyper(coefficient, "1e-3", NON_NEGATIVE, "how much it is trusted", latex=r"\eta"),
        Hyper(
            decay,
            "0",
            NON_NEGATIVE,
            "strength of the decay that is scaled along, whose norm is counted beside the "
            "gradient's; 0 switches it off",
            latex=r"\beta",
            optional=True,
        ),
    ],
    updates=_to_norm(
        gradient[t],
        norm(gradient[t]) + decay * norm(theta[t - 1]),
        gradient[t] + decay * theta[t - 1],
    ),
    gives={gradient: scaled[t]},
)
