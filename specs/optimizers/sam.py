"""SAM: sharpness-aware minimization over SGD."""

from dataclasses import replace

from ..operators.sharpness import sam
from .sgd import sgd

sam_over_sgd = replace(
    sam(sgd, name="SAM"),
    summary="SAM: SGD by the gradient where the loss near the parameter is highest.",
)
