"""Caution: no step and no decay against the gradient."""

from sympy import Max, Piecewise, Rational

from ..language import (
    NON_NEGATIVE,
    Hyper,
    Operator,
    Update,
    direction,
    gradient,
    hyperparameters,
    intermediates,
    kept,
    lr,
    mean,
    t,
    theta,
)

(decay,) = hyperparameters("decay")
mask, masked, decayed = intermediates("mask masked decayed")

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

cautious_decay = Operator(
    "cautious_decay",
    adds="weight decay only of elements that its step makes smaller too",
    source="Chen et al., 2025, arXiv:2510.12402, Algorithm 1",
    hyper=[Hyper(decay, "1e-2", NON_NEGATIVE, "strength of the decay", latex=r"\lambda")],
    updates=[
        Update(
            decayed[t],
            Piecewise(
                (kept[t] * (1 - lr * decay), direction[t] * theta[t - 1] >= 0), (kept[t], True)
            ),
        )
    ],
    gives={kept: decayed[t]},
)
