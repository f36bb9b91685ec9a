"""SAM: sharpness-aware minimization over SGD."""

from ..language import derived
from ..operators import sam
from .sgd import sgd

sam_over_sgd = derived(
    sam(sgd),
    "SAM",
    summary="SAM: SGD with the gradient from where the loss near the parameter is highest.",
)
