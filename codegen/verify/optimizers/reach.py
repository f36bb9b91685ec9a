"""How far results may be from the exact ones, by element."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..roundings import Uncertain
from .wide import WIDE_UNIT


@dataclass(frozen=True)
class Bounds:
    """Of one quantity, by element."""

    off: Any
    """How far a result may be from the exact one."""
    readings: Callable[[], tuple[Uncertain, ...]] = tuple
    """Gives ``saturated``, which few ask for."""

    @cached_property
    def saturated(self) -> tuple[Uncertain, ...]:
        """What comes out where numbers that are too large are infinite, and how far from it: where
        each is, and where products are not that are added at once, as fused operations do.
        """
        return self.readings()

    def is_saturated(self, computed: Any) -> Any:
        """Whether each result is what comes out where numbers that are too large are infinite."""
        found = np.zeros(np.shape(computed), dtype=bool)
        for value, off in self.saturated:
            with np.errstate(invalid="ignore"):
                near = np.abs(computed - value) <= off + np.abs(value) * WIDE_UNIT
            found = found | (near & np.isfinite(value)) | (computed == value)
            found = found | (np.isnan(computed) & np.isnan(value))
        return found

    def part(self, taken: slice, shape: tuple[int, ...]) -> "Bounds":
        """Those of some of the elements."""
        whole = np.shape(self.off)

        def of(x: Any) -> Any:
            return np.broadcast_to(x, whole)[taken].reshape(shape)

        return Bounds(of(self.off), lambda: tuple((of(x), of(off)) for x, off in self.saturated))
