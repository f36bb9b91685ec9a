"""GPAAdamW: AdamW that takes its gradients near an average of its steps."""

from ..language import derived
from ..operators import gpa
from .adamw import adamw as _adamw

gpaadamw = derived(
    gpa(_adamw),
    "GPAAdamW",
    options={"amsgrad": False},
    summary="GPAAdamW: AdamW that takes its gradients near an average of its steps.",
)
