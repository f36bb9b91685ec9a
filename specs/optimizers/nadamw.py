"""NAdamW: AdamW with Nesterov's momentum, corrected for its start as the momentum itself."""

from ..language import derived
from ..operators import nesterov
from .adamw import adamw as _adamw

nadamw = derived(
    nesterov(_adamw),
    "NAdamW",
    options={"amsgrad": False},
    summary="NAdamW: AdamW with Nesterov's momentum.",
    source="github.com/mlcommons/algorithmic-efficiency, its reference in PyTorch; after Dozat, "
    "2016, Incorporating Nesterov momentum into Adam, not checked against the paper",
)
