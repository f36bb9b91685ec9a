"""MARS: AdamW of gradients whose variance is reduced by the change of the last."""

from ..language import derived
from ..operators import mars as _reduced
from .adamw import adamw as _adamw

mars = derived(
    _reduced(_adamw),
    "MARS",
    options={"amsgrad": False},
    defaults={"lr": "3e-3", "beta1": "0.95", "beta2": "0.99", "weight_decay": "0"},
    summary="MARS: AdamW on gradients whose variance is reduced by their last change.",
)
