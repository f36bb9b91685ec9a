"""Rules run on a landscape, each at the best of the same rates."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from .drawn import take_step
from .landscapes import Array, Landscape
from .variants import Variant, best

SETTLED = 10
"""The last steps, by the highest of whose losses a rate is judged: none wins by a lucky end."""


@dataclass(frozen=True)
class Path:
    """A descent; it ends early where it leaves the frame.

    Args:
        points: one row a step, the start first.
        losses: at the points.
        is_whole: all steps were taken, in the frame.
    """

    points: Array
    losses: Array
    is_whole: bool

    @property
    def score(self) -> tuple[bool, int, float]:
        """Lower is better: stay in the frame, or else stay long; then, end low."""
        return not self.is_whole, -len(self.points), float(self.losses[-SETTLED:].max())


def descend(optimizer: Any, landscape: Landscape) -> Path:
    """Take the landscape's steps with one optimizer."""

    def at(theta: Array) -> tuple[float, Array]:
        return float(landscape.value(*theta)), landscape.gradient(theta)

    theta = np.array(landscape.start)
    points = [theta.copy()]
    with np.errstate(all="ignore"):
        for _ in range(landscape.steps):
            try:
                take_step(optimizer, theta, at)
            except ArithmeticError:  # in a state that is one number for all elements
                break
            if not landscape.holds(theta):
                break
            points.append(theta.copy())
    walked = np.array(points)
    return Path(walked, landscape.value(*walked.T), len(points) == landscape.steps + 1)


def best_descent(variant: Variant, landscape: Landscape) -> tuple[float | None, Path]:
    """The rate whose descent ends lowest, and that descent."""
    key = tuple(variant.arguments.items())
    return _best(variant.rule, key, variant.has_rate, landscape)


@lru_cache(maxsize=256)
def _best(
    rule: Any, arguments: tuple[tuple[str, Any], ...], has_rate: bool, landscape: Landscape
) -> tuple[float | None, Path]:
    """Kept, as a path is drawn alone and with those of other rules."""
    variant = Variant("", rule, dict(arguments), has_rate)
    runs = ((rate, descend(variant.made(rate), landscape)) for rate in variant.tried())
    return best(runs, lambda path: path.score)
