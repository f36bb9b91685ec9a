"""CLion: cautious Lion."""

from ..language import derived
from ..operators import cautious
from .lion import lion as _lion

clion = derived(
    cautious(_lion),
    "CLion",
    summary="CLion: Lion that masks the elements of a step that go against the gradient.",
    source="Liang et al., 2024, arXiv:2411.16085; the mean of the mask kept from 0, as in "
    "github.com/kyleliang919/C-Optim; not checked against the paper",
)
