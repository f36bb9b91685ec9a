"""LookSAM: SAM that takes its second gradient now and then, and keeps what that tells."""

from ..language import derived
from ..operators import looksam
from .sgd import sgd

looksam_over_sgd = derived(
    looksam(sgd),
    "LookSAM",
    summary="LookSAM: SAM that takes its second gradient only at every k-th step.",
)
