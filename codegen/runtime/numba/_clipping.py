"""What happens to an element of a gradient before a rule sees it."""

from typing import Any

from ._helper import helper

CLIPS: dict[str, int] = {}
"""The ways there are, by the names of the transforms."""


@helper
def clipped(grad: Any, clip: int, number: float, real: Any) -> Any:
    """An element as one of ``CLIPS`` leaves it; ``number`` is the limit, or the scale if any."""
    return grad
