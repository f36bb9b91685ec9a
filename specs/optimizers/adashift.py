"""AdaShift: Adam whose second moment is of the gradient some steps before.

A gradient that is not among those of the step says nothing of how it will be divided. The gradients
between lie in slots, which are filled by turns: the one that is due holds the oldest of them, and
takes in the new one.
"""

from sympy import Eq, Mod, Piecewise, sqrt

from ..gradients import ascend_or_descend, g, maximize
from ..language import (
    NON_NEGATIVE,
    UNIT,
    Choice,
    Hyper,
    Interval,
    Optimizer,
    Shape,
    State,
    Update,
    amax,
    counts,
    hyperparameters,
    intermediates,
    states,
    t,
    theta,
)

lr, beta1, beta2, eps = hyperparameters("lr beta1 beta2 eps")
(keep_num,) = counts("keep_num")
old, total, vhat = intermediates("old total vhat")
m, v, peak = states("m v peak")
reduce_func = Choice(
    "reduce_func",
    ("max", "none"),
    "what the second moment is of: a tensor's largest square, or each element's",
)

SLOTS = states(" ".join(f"past{i}" for i in range(10)))
OTHERS = [*enumerate(SLOTS)][1:]
IS_WARM = t > keep_num


def is_due(slot: int):
    return Eq(Mod(t, keep_num), slot)


adashift = Optimizer(
    "AdaShift",
    summary="AdaShift: Adam whose second moment is of the gradient some steps before.",
    source="Zhou et al., 2018, arXiv:1810.00143, Algorithm 4, corrected as in its authors' code; "
    "not checked against the paper",
    lineage=["Adam"],
    hyper=[
        Hyper(lr, "1e-3", NON_NEGATIVE, "learning rate", latex=r"\alpha"),
        Hyper(beta1, "0.9", UNIT, "decay rate of the first moment", argument="betas"),
        Hyper(beta2, "0.999", UNIT, "decay rate of the second moment", argument="betas"),
        Hyper(
            keep_num, "10", Interval(low=1, high=len(SLOTS)), "number of gradients kept", latex="n"
        ),
        reduce_func,
        Hyper(eps, "1e-10", NON_NEGATIVE, "term added to the denominator", latex=r"\epsilon"),
        maximize,
    ],
    states=[
        *(State(slot, init=0, key=f"grad_{i}", latex=rf"q_{i}") for i, slot in enumerate(SLOTS)),
        State(m, init=0, key="exp_avg"),
        State(v, init=0, key="exp_avg_sq", when=reduce_func["none"], domain=NON_NEGATIVE),
        State(
            peak,
            init=0,
            key="exp_avg_sq_max",
            shape=Shape.PER_TENSOR,
            when=reduce_func["max"],
            domain=NON_NEGATIVE,
            latex=r"\bar{v}",
        ),
    ],
    updates=[
        ascend_or_descend,
        Update(
            old[t],
            Piecewise(*((slot[t - 1], is_due(i)) for i, slot in OTHERS), (SLOTS[0][t - 1], True)),
        ),
        *(
            Update(slot[t], Piecewise((g[t], is_due(i)), (slot[t - 1], True)))
            for i, slot in enumerate(SLOTS)
        ),
        # The weights of the gradients kept, the newest being 1.
        Update(total[t], (1 - beta1**keep_num) / (1 - beta1)),
        Update(
            m[t],
            beta1 * (m[t - 1] - beta1 ** (keep_num - 1) / total[t] * old[t]) + g[t] / total[t],
        ),
        Update(v[t], beta2 * v[t - 1] + (1 - beta2) * old[t] ** 2),
        Update(peak[t], beta2 * peak[t - 1] + (1 - beta2) * amax(old[t] ** 2)),
        Update(
            vhat[t],
            Piecewise((v[t], reduce_func["none"]), (peak[t], True)) / (1 - beta2 ** (t - keep_num)),
        ),
        Update(
            theta[t],
            Piecewise(
                (theta[t - 1] - lr * m[t] / (sqrt(vhat[t]) + eps), IS_WARM), (theta[t - 1], True)
            ),
        ),
    ],
)
