"""ASAM: adaptive sharpness-aware minimization over SGD."""

from ..language import derived
from ..operators import asam
from .sgd import sgd

asam_over_sgd = derived(
    asam(sgd),
    "ASAM",
    summary="ASAM: SAM in a ball that is wider along large parameters.",
)
