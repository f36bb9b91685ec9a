"""AMSGrad: Adam whose second moments never become smaller."""

from .adam import adam as _adam
from .adam import amsgrad

amsgrad_of_adam = _adam.specialize(
    "AMSGrad",
    options={amsgrad: True},
    summary="AMSGrad: Adam that divides by the largest second moment so far.",
    source="Reddi et al., 2018, arXiv:1904.09237, Algorithm 2, corrected for the start as Adam",
)
