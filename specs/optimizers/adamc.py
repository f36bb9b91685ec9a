"""AdamC: AdamW whose decay follows the square of the rate."""

from sympy import Piecewise

from ..gradients import thetabar, weight_decay
from ..language import Update, derived, t, theta
from ..operators.rates import FOLLOWS, LARGEST, lrmax
from .adam import lr
from .adamw import adamw as _adamw

adamc = derived(
    _adamw,
    "AdamC",
    options={"amsgrad": False},
    summary="AdamC: AdamW whose decay is also scaled by the rate over its largest value.",
    source="Defazio, 2025, arXiv:2506.02285, Algorithm 2, by the largest rate so far; not checked "
    "against the paper",
    states=[LARGEST],
    updates=[
        FOLLOWS,
        Update(
            thetabar[t],
            theta[t - 1]
            * (1 - lr * weight_decay.symbol * Piecewise((lr / lrmax[t], lrmax[t] > 0), (1, True))),
        ),
    ],
)
