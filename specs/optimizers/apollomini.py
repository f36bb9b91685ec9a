"""APOLLO-Mini: APOLLO with one rate for a matrix, by a projection on a single direction."""

from ..language import derived
from .apollo import apollo as _apollo
from .apollo import scale_type

apollomini = derived(
    _apollo,
    "APOLLOMini",
    summary="APOLLO-Mini: SGD with the rate of Adam on one random direction.",
    source="Zhu et al., 2024, arXiv:2412.05270, section 4.2; not checked against the paper",
    options={scale_type["tensor"]: True},
    defaults={"rank": "1", "scale": "128"},
)
