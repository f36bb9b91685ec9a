"""How far the rates of two schedules are apart, relative to the largest of them."""

import math
from collections.abc import Sequence

TOLERANCE = 2.0**-30
"""What roundings alone can come to, in float64; as for optimizers."""
SINGLE = 2.0**-18
"""What those of float32 can come to, in a few operations."""


def distances(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """How far they are apart at each step; infinite where one of the two is not finite.

    Where theirs ends before ours, it is up to there.
    """
    largest = max((abs(x) for x in ours if math.isfinite(x)), default=0.0) or 1.0
    return [_distance(a, b) / largest for a, b in zip(ours, theirs, strict=False)]


def _distance(a: float, b: float) -> float:
    if a == b or (math.isnan(a) and math.isnan(b)):
        return 0.0
    return abs(a - b) if math.isfinite(a) and math.isfinite(b) else math.inf


def parted(
    ours: Sequence[float], theirs: Sequence[float], tolerance: float = TOLERANCE
) -> list[int]:
    """The places in which they part."""
    return [i for i, d in enumerate(distances(ours, theirs)) if d > tolerance]
