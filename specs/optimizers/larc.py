"""LARC: LARS that takes no step at more than the learning rate."""

from ..language import derived
from .lars import lars as _lars

larc = derived(
    _lars,
    "LARC",
    options={"trust_clip": True},
    defaults={"trust_coeff": "0.02"},
    summary="LARC: SGD with a rate for each tensor, at most the one that is given.",
    source="Ginsburg, Gitman & You, 2018, Large batch training of convolutional networks with "
    "layer-wise adaptive rate control, as in apex, but for the place of the rate; not checked "
    "against the paper",
)
