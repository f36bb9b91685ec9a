"""CLion: cautious Lion."""

from ..language import derived
from ..operators import cautious
from .cadamw import cadamw as _cadamw
from .lion import lion as _lion

clion = derived(
    cautious(_lion),
    "CLion",
    summary="CLion: Lion that masks the elements of a step that go against the gradient.",
    source=_cadamw.source,
)
