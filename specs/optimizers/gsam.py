"""GSAM: SAM that also makes the gap smaller between the loss and the highest one nearby."""

from ..language import derived
from ..operators import gsam
from .sgd import sgd

gsam_over_sgd = derived(
    gsam(sgd),
    "GSAM",
    summary="GSAM: SAM that keeps the loss itself from rising in favour of that nearby.",
)
