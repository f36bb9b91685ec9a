"""What is done to a gradient before the rule descends by it."""

from sympy import Eq, Expr, Max, Piecewise, Rational

from ..language import (
    NON_NEGATIVE,
    POSITIVE,
    UNIT,
    Hyper,
    Operator,
    State,
    Update,
    cols,
    dot,
    forgetting,
    gradient,
    hyperparameters,
    intermediates,
    mean,
    ndim,
    norm,
    numel,
    states,
    t,
    theta,
)

alpha, amount, limit, gamma = hyperparameters("alpha amount limit gamma")
slow, last = states("slow last")
centred, length, bound, clipped = intermediates("centred length bound clipped")
amplified, share, across, orthogonal = intermediates("amplified share across orthogonal")
(corrected,) = intermediates("corrected")

LEAST = Rational(1, 10**30)


def _by_rows(x: Expr) -> Expr:
    """The norm of each row; of what has no rows, that of the whole."""
    return Piecewise((norm(x, over=cols), ndim >= 2), (norm(x), True))


centralize = Operator(
    "centralize",
    adds="the mean of each row taken from the gradient of what has rows",
    source="Yong et al., 2020, arXiv:2004.01461, eq. 1",
    updates=[
        Update(
            centred[t],
            Piecewise((gradient[t] - mean(gradient[t], over=cols), ndim >= 2), (gradient[t], True)),
        )
    ],
    gives={gradient: centred[t]},
)

agc = Operator(
    "agc",
    adds="the gradient of each row clipped where its norm is large beside that of the row",
    source="Brock et al., 2021, arXiv:2102.06171, eq. 3",
    hyper=[Hyper(limit, "1e-2", POSITIVE, "largest norm beside that of the row", latex=r"\lambda")],
    updates=[
        Update(bound[t], limit * Max(_by_rows(theta[t - 1]), Rational(1, 1000))),
        Update(length[t], _by_rows(gradient[t])),
        Update(
            clipped[t],
            Piecewise(
                (gradient[t] * (bound[t] / length[t]), length[t] > bound[t]), (gradient[t], True)
            ),
        ),
    ],
    gives={gradient: clipped[t]},
)

grokfast = Operator(
    "grokfast",
    adds="the slow part of the gradient made larger",
    source="Lee et al., 2024, arXiv:2405.20233, Algorithm 2",
    hyper=[
        Hyper(alpha, "0.98", UNIT, "decay rate of the gradient's average", latex=r"\alpha"),
        Hyper(amount, "2", NON_NEGATIVE, "how much of it is added", latex=r"\lambda"),
    ],
    states=[State(slow, init=None, key="grokfast_ema", latex=r"\mu")],
    updates=[
        Update(
            slow[t],
            Piecewise(
                (gradient[t], Eq(t, 1)), (alpha * slow[t - 1] + (1 - alpha) * gradient[t], True)
            ),
        ),
        Update(amplified[t], gradient[t] + amount * slow[t]),
    ],
    gives={gradient: amplified[t]},
)

orthogonal_gradient = Operator(
    "orthogonal_gradient",
    adds="the gradient turned at a right angle to the parameter",
    source="Prieto et al., 2025, arXiv:2501.04697, eq. 8; its norm as it was, one number as it is",
    updates=[
        Update(
            share[t],
            dot(theta[t - 1], gradient[t]) / (dot(theta[t - 1], theta[t - 1]) + LEAST),
        ),
        Update(across[t], gradient[t] - share[t] * theta[t - 1]),
        Update(
            orthogonal[t],
            Piecewise(
                (across[t] * (norm(gradient[t]) / (norm(across[t]) + LEAST)), numel > 1),
                (gradient[t], True),
            ),
        ),
    ],
    gives={gradient: orthogonal[t]},
)

mars = Operator(
    "mars",
    adds="the variance of its momentum reduced by the change of the gradient",
    source="Yuan et al., 2024, arXiv:2411.10438, Algorithm 2, with the last gradient as it was "
    "taken; the first is corrected by none",
    hyper=[Hyper(gamma, "0.025", NON_NEGATIVE, "scale of the correction", latex=r"\gamma_t")],
    states=[State(last, init=None, key="last_grad")],
    updates=[
        Update(last[t], gradient[t]),
        Update(
            corrected[t],
            Piecewise(
                (gradient[t], Eq(t, 1)),
                (gradient[t], forgetting[t] >= 1),
                (
                    gradient[t]
                    + gamma * forgetting[t] / (1 - forgetting[t]) * (gradient[t] - last[t - 1]),
                    True,
                ),
            ),
        ),
        Update(length[t], norm(corrected[t])),
        Update(
            clipped[t], Piecewise((corrected[t] / length[t], length[t] > 1), (corrected[t], True))
        ),
    ],
    gives={gradient: clipped[t]},
)
