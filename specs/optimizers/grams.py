"""Grams: AdamW's steps along the signs of the gradient."""

from ..language import derived
from ..operators import grams
from .adamw import adamw as _adamw

grams_of_adamw = derived(
    grams(_adamw),
    "Grams",
    options={"amsgrad": False},
    summary="Grams: AdamW for the sizes of steps, and the gradient for their signs.",
)
