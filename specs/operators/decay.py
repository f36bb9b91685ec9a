"""Weight decay, in the places where it can stand."""

from sympy import Piecewise

from ..language import (
    NON_NEGATIVE,
    Hyper,
    Operator,
    State,
    Update,
    direction,
    gradient,
    hyperparameters,
    intermediates,
    kept,
    lr,
    states,
    t,
    theta,
)
from .rates import FOLLOWS, LARGEST, lrmax

(decay,) = hyperparameters("decay")
(start,) = states("start")
decayed, drawn = intermediates("decayed drawn")

_DECAY = [Hyper(decay, "1e-2", NON_NEGATIVE, "strength of the decay", latex=r"\lambda")]

l2 = Operator(
    "l2",
    adds="weight decay in the gradient",
    source="Krogh & Hertz, 1991, A simple weight decay can improve generalization, eq. 2",
    hyper=_DECAY,
    updates=[Update(decayed[t], gradient[t] + decay * theta[t - 1])],
    gives={gradient: decayed[t]},
)

decoupled_decay = Operator(
    "decoupled_decay",
    adds="weight decay beside its step, times the learning rate",
    source="Loshchilov & Hutter, 2019, arXiv:1711.05101, Algorithm 2",
    hyper=_DECAY,
    updates=[Update(decayed[t], kept[t] * (1 - lr * decay))],
    gives={kept: decayed[t]},
)

independent_decay = Operator(
    "independent_decay",
    adds="weight decay beside its step, whatever the learning rate",
    source="Loshchilov & Hutter, 2019, arXiv:1711.05101, eq. 1",
    hyper=_DECAY,
    updates=[Update(decayed[t], kept[t] * (1 - decay))],
    gives={kept: decayed[t]},
)

corrected_decay = Operator(
    "corrected_decay",
    adds="weight decay beside its step, times the learning rate and its share of the largest",
    source="Defazio, 2025, arXiv:2506.02285, Algorithm 2",
    hyper=_DECAY,
    states=[LARGEST],
    updates=[
        FOLLOWS,
        Update(
            decayed[t],
            kept[t] * (1 - decay * lr * Piecewise((lr / lrmax[t], lrmax[t] > 0), (1, True))),
        ),
    ],
    gives={kept: decayed[t]},
)

cautious_decay = Operator(
    "cautious_decay",
    adds="weight decay only of elements that its step makes smaller too",
    source="Chen et al., 2025, arXiv:2510.12402, Algorithm 1",
    hyper=_DECAY,
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

directed_decay = Operator(
    "directed_decay",
    adds="weight decay within the direction it steps in",
    source="You et al., 2020, arXiv:1904.00962, Algorithm 2",
    hyper=_DECAY,
    updates=[Update(decayed[t], direction[t] + decay * theta[t - 1])],
    gives={direction: decayed[t]},
)

decay_to_start = Operator(
    "decay_to_start",
    adds="decay towards what the parameters were in the beginning",
    source="Li et al., 2018, arXiv:1802.01483, eq. 2, beside the step",
    hyper=_DECAY,
    states=[State(start, init=theta[0], key="start")],
    updates=[
        Update(start[t], start[t - 1]),
        Update(drawn[t], kept[t] - lr * decay * (theta[t - 1] - start[t - 1])),
    ],
    gives={kept: drawn[t]},
)
