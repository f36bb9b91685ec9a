"""AMSBound: AdaBound by the largest second moments."""

from .adabound import adabound as _adabound
from .adabound import amsbound

amsbound_of_adabound = _adabound.specialize(
    "AMSBound",
    options={amsbound: True},
    summary="AMSBound: AdaBound that divides by the largest second moment so far.",
    source="Luo et al., 2019, arXiv:1902.09843, Algorithm 3; corrections and bounds as in "
    "github.com/Luolc/AdaBound; not checked against the paper",
)
