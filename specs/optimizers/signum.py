"""Signum: SignSGD with momentum."""

from .signsgd import signsgd as _signsgd

signum = _signsgd.specialize(
    "Signum",
    options={},
    defaults={"momentum": "0.9"},
    summary="Signum: steps of equal size, by the sign of the momentum.",
    source="Bernstein et al., 2018, arXiv:1802.04434, Algorithm 2; not checked against the paper",
)
