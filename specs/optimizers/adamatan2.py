"""Adam-atan2: Adam without epsilon, its quotient taken by an arctangent."""

from sympy import atan2, sqrt

from ..gradients import thetabar
from ..language import POSITIVE, Hyper, Update, derived, hyperparameters, t, theta
from .adam import lr, mhat, vhat
from .adamw import adamw as _adamw

a, b = hyperparameters("a b")

adamatan2 = derived(
    _adamw,
    "AdamAtan2",
    options={"amsgrad": False},
    defaults={lr: "1e-4", "beta2": "0.99", "weight_decay": "0"},
    summary="AdamAtan2: AdamW with an arctangent in place of the quotient, and so no epsilon.",
    source="Everett et al., 2024, arXiv:2407.05872, section 5, constants and arguments as in "
    "github.com/lucidrains/adam-atan2-pytorch; not checked against the paper",
    hyper=[
        Hyper(a, "1.27", POSITIVE, "factor of the arctangent"),
        Hyper(b, "1", POSITIVE, "factor of the root within it"),
    ],
    updates=[Update(theta[t], thetabar[t] - lr * a * atan2(mhat[t], b * sqrt(vhat[t])))],
)
