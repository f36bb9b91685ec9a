"""What was found of each quantity of an implementation: the worst error, and what it may be."""

import math
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .ulp import Doubles, Expected, units

_SLACK = 1 + 2.0**-20
"""Bounds are sums of half ulps, themselves computed with rounding."""


@dataclass(frozen=True)
class Worst:
    """An error that is the largest beside its bound, both in ulp of the exact value.

    Args:
        error: how far a result was off.
        bound: how far rounding can lead there.
        where: where that was.
    """

    error: float = 0.0
    bound: float = 0.0
    where: str = ""

    @property
    def share(self) -> float:
        """The error in terms of its bound."""
        if self.error == 0 or math.isinf(self.bound):
            return 0.0
        return self.error / self.bound if self.bound else math.inf

    @property
    def fails(self) -> bool:
        return self.share > _SLACK

    def or_(self, other: "Worst") -> "Worst":
        return other if (other.share, other.bound) > (self.share, self.bound) else self


@dataclass(frozen=True)
class Result:
    """The worst of one quantity in one implementation.

    Args:
        spec: the spec's name.
        backend: the implementation's.
        dtype: the parameter's.
        quantity: ``theta``, ``eta``, ``mu`` or a state.
        ours: the generated code's.
        theirs: the peer's on the same inputs; None where there is no peer.
    """

    spec: str
    backend: str
    dtype: str
    quantity: str
    ours: Worst
    theirs: Worst | None = None

    @property
    def failure(self) -> str:
        """What is wrong, and where; empty if nothing is."""
        if not self.ours.fails:
            return ""
        explained = f", where rounding explains {self.ours.bound:.3g}"
        known = math.isfinite(self.ours.error)
        return f"{self.ours.error:.3g} ulp {self.ours.where}{explained if known else ''}"


def worst(
    distance: Doubles,
    off: Any,
    expected: Expected,
    where: str | Callable[[tuple[Any, ...]], str],
    either: Callable[[], Any] | None = None,
) -> Worst:
    """The distance that is the largest beside what it may be; of several, where it may be most.

    Args:
        distance: of each result from the exact one.
        off: what it may be, of the same shape or of none.
        expected: the exact results.
        where: where this is, or what says so of an index.
        either: asked where one is larger: which results are right by another reading.
    """
    if not distance.size:
        return Worst(where=where if isinstance(where, str) else "")
    off = np.broadcast_to(off, distance.shape)
    with np.errstate(all="ignore"):
        share = np.array(distance / off)
    share[(distance == 0) | np.isinf(off)] = 0.0
    if share.max() > _SLACK and either is not None:
        share[np.broadcast_to(either(), share.shape)] = 0.0
    unit = units(np.abs(expected.high), expected.form)
    with np.errstate(over="ignore"):
        bound = off / unit
        most = np.where(share == share.max(), np.where(np.isinf(bound), -0.5, bound), -1.0)
        at = np.unravel_index(most.argmax(), share.shape)
        error = float(distance[at] / unit[at]) if share[at] else 0.0
    return Worst(error, float(bound[at]), where if isinstance(where, str) else where(at))


def told(error: Exception) -> str:
    """An exception as one line, with where it was raised."""
    *_, last = traceback.extract_tb(error.__traceback__)
    said = str(error).partition("\n")[0]
    return f"{type(error).__name__}: {said} ({Path(last.filename).name}, line {last.lineno})"
