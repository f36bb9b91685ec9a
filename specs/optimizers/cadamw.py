"""CAdamW: cautious AdamW."""

from ..language import derived
from ..operators import cautious
from .adamw import adamw as _adamw

cadamw = derived(
    cautious(_adamw),
    "CAdamW",
    options={"amsgrad": False},
    summary="CAdamW: AdamW that masks the elements of a step that go against the gradient.",
    source="Liang et al., 2024, arXiv:2411.16085; the mean of the mask kept from 0, as in "
    "github.com/kyleliang919/C-Optim; not checked against the paper",
)
