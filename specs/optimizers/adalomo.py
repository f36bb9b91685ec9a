"""AdaLOMO: Adafactor at the rate that it is given.

Its authors take the step of each tensor within the backward pass, so that no two gradients are in
memory at once; what the step is does not depend on that.
"""

from ..language import NON_NEGATIVE, Hyper, Update, derived, t
from .adafactor import adafactor as _adafactor
from .adafactor import lr, rho

adalomo = derived(
    _adafactor,
    "AdaLOMO",
    summary="AdaLOMO: Adafactor with a given relative rate, which does not decay by itself.",
    source="Lv et al., 2023, arXiv:2310.10195, Algorithm 1, with second moments as in "
    "github.com/OpenLMLab/LOMO; not checked against the paper",
    hyper=[Hyper(lr, "1e-3", NON_NEGATIVE, "relative size of a step", latex=r"\gamma")],
    updates=[Update(rho[t], lr)],
)
