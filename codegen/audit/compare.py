"""How far two courses are apart, and where they part.

A distance is taken relative to how far the tensor has moved, by its most moved element: that is
what an optimizer makes. Of a state it is relative to the state.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..oracle.formats import FORMATS
from ..verify.ulp import units
from .trial import Course, Floats, Moment

TOLERANCE = {"float64": 2.0**-30, "float32": 2.0**-10, "bfloat16": 0.25, "float16": 2.0**-4}
"""What roundings alone can come to. In float64 that is some millions of them: rules that take
differences, and 1 - beta**t of a beta near 1, lose four digits, seldom more. An epsilon of 1e-8
that stands elsewhere is seen. In other formats every operation of the other optimizer may round,
where the equations round once a step; what is found there is no matter of digits."""

_STORED = {"float64": 64, "float32": 64, "bfloat16": 4, "float16": 8}
"""Beside it: how many units in the last place of the parameter itself. Of few digits those are much
of the way."""


@dataclass(frozen=True)
class Far:
    """How far two courses are apart that do not part.

    Args:
        relative: of the way that a tensor has moved.
        ulp: in units in the last place of the parameters.
    """

    relative: float = 0.0
    ulp: float = 0.0

    def or_further(self, other: "Far") -> "Far":
        return Far(max(self.relative, other.relative), max(self.ulp, other.ulp))


@dataclass(frozen=True)
class Parting:
    """Where two courses part first.

    Args:
        step: the number of the step, from 1.
        tensor: the number of the parameter.
        element: the place in it, as if it were flat.
        relative: the distance, relative to the way; infinite where one of the two is not finite.
    """

    step: int
    tensor: int
    element: int
    relative: float


def compared(
    ours: Iterable[Moment],
    theirs: Course,
    starts: Sequence[Floats],
    dtype: str,
    tolerance: float | None = None,
) -> tuple[Far, Parting | None]:
    """How far the parameters are apart: at all steps, or up to that in which they part.

    Args:
        ours: a course, of which no more is asked for than is needed.
        theirs: the other.
        starts: the parameters before the first step.
        dtype: of the parameters.
        tolerance: relative; else that of the dtype.
    """
    tolerance = TOLERANCE[dtype] if tolerance is None else tolerance
    far = Far()
    ways = [0.0] * len(starts)
    for index, (one, other) in enumerate(zip(ours, theirs, strict=False)):
        for tensor, start in enumerate(starts):
            a, b = (np.asarray(x.theta[tensor], np.float64) for x in (one, other))
            with np.errstate(all="ignore"):
                ways[tensor] = _largest(np.abs(a - start), ways[tensor])
            now, parting = _apart(a, b, ways[tensor], dtype, tolerance)
            if parting is not None:
                return far, Parting(index + 1, tensor, *parting)
            far = far.or_further(now)
    return far, None


def parted_states(
    ours: Sequence[Moment], theirs: Course, names: Mapping[str, str], dtype: str
) -> dict[str, int]:
    """The step in which each state parts first, of those that part, in the order of ``names``.

    Args:
        ours: a course.
        theirs: the other.
        names: what each state of ours is called there.
        dtype: of the parameters.
    """
    found: dict[str, int] = {}
    for name, there in names.items():
        sizes: dict[int, float] = {}
        for index, (one, other) in enumerate(zip(ours, theirs, strict=False)):
            pair = one.states.get(name, ()), other.states.get(there, ())
            for tensor, (a, b) in enumerate(zip(*pair, strict=False)):
                if np.size(a) != np.size(b):
                    found.setdefault(name, index + 1)
                    break
                a, b = np.asarray(a, np.float64), np.asarray(b, np.float64).reshape(np.shape(a))
                sizes[tensor] = _largest(np.abs(a), sizes.get(tensor, 0.0))
                if _apart(a, b, sizes[tensor], dtype, TOLERANCE[dtype])[1] is not None:
                    found.setdefault(name, index + 1)
            if name in found:
                break
    return found


def _apart(
    a: Floats, b: Floats, way: float, dtype: str, tolerance: float
) -> tuple[Far, tuple[int, float] | None]:
    """How far two arrays are apart; or the element that is furthest, where they part."""
    form = FORMATS[dtype]
    if np.shape(a) != np.shape(b):
        return Far(), (0, np.inf)
    a, b = np.ravel(a), np.ravel(b)
    if not a.size:
        return Far(), None
    finite = np.isfinite(a) & np.isfinite(b)
    odd = ~finite & ~((a == b) | (np.isnan(a) & np.isnan(b)))
    if odd.any():
        return Far(), (int(np.argmax(odd)), np.inf)
    distance = np.where(finite, np.abs(np.where(finite, a, 0) - np.where(finite, b, 0)), 0.0)
    unit = units(np.where(finite, np.maximum(np.abs(a), way), 1.0), form)
    bound = tolerance * way + _STORED[dtype] * unit
    worst = int(np.argmax(distance - bound))
    relative = float(distance[worst] / way) if way else float("inf")
    if distance[worst] > bound[worst]:
        return Far(), (worst, relative)
    scale = float(distance.max() / way) if way else 0.0
    return Far(scale, float((distance / unit).max())), None


def _largest(values: Floats, known: float) -> float:
    finite = values[np.isfinite(values)]
    return max(known, float(finite.max())) if finite.size else known
