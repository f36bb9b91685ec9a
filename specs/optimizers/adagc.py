"""AdaGC: AdamW by gradients that are clipped by their own history."""

from ..language import derived
from ..operators import adagc
from .adamw import adamw as _adamw

adagc_of_adamw = derived(
    adagc(_adamw),
    "AdaGC",
    options={"amsgrad": False},
    summary="AdaGC: AdamW on gradients clipped by a running average of their norms.",
)
