"""Values at steps as a line through few points, with few digits.

Values are rounded to five digits of the largest of them. Two rules then decide what is drawn,
both exact, on the rounded values:

- where the line is level for at least one step before a step and one after it, the change
  between them is a jump: straight up or down at the step;
- elsewhere a point is left out if the line through the points that stay passes it within one
  unit of the last digit.
"""

import math
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

DIGITS = 5
"""More than can be seen: the unit of the last is a hundredth of a millimetre on a page."""

Point = tuple[int, Decimal]
"""A step and a value."""


def polyline(values: Sequence[float], first: int = 0) -> list[Point]:
    """The points of the line through values at steps ``first``, ``first + 1``, ..."""
    unit = unit_of(values)
    points = [(first + i, Decimal(v).quantize(unit)) for i, v in enumerate(values)]
    return [point for piece in _pieces(points) for point in _thinned(piece, unit)]


def unit_of(values: Sequence[float]) -> Decimal:
    """The last digit that values are rounded to."""
    largest = Decimal(max(map(abs, values)))
    return Decimal(1).scaleb(largest.adjusted() + 1 - DIGITS)


def _pieces(points: Sequence[Point]) -> list[list[Point]]:
    """The line cut at its jumps; a piece ends below or above where the next one starts."""
    pieces: list[list[Point]] = [[]]
    for i, (step, value) in enumerate(points):
        before = points[i - 1][1]
        if 2 <= i < len(points) - 1 and points[i - 2][1] == before != value == points[i + 1][1]:
            pieces[-1].append((step, before))
            pieces.append([])
        pieces[-1].append((step, value))
    return pieces


def _thinned(points: Sequence[Point], unit: Decimal) -> list[Point]:
    """The points at which the line has to turn.

    From the last point kept, the slopes that pass all points since within a unit are an
    interval; the point before the one that leaves it is kept.
    """
    kept = [points[0]]
    low, high = -math.inf, math.inf
    for previous, point in pairwise(points):
        if not low <= _slope(kept[-1], point) <= high:
            kept.append(previous)
            low, high = -math.inf, math.inf
        slope, margin = _slope(kept[-1], point), Fraction(unit) / (point[0] - kept[-1][0])
        low, high = max(low, slope - margin), min(high, slope + margin)
    return kept if len(points) == 1 else [*kept, points[-1]]


def _slope(a: Point, b: Point) -> Fraction:
    return Fraction(b[1] - a[1]) / (b[0] - a[0])
