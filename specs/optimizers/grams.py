"""Grams: AdamW's steps along the signs of the gradient."""

from ..language import derived
from ..operators import grams
from .adamw import adamw as _adamw

grams_of_adamw = derived(
    grams(_adamw),
    "Grams",
    options={"amsgrad": False},
    summary="Grams: steps of AdamW's size, with the gradient's signs.",
)
