"""The losses of two parameters that paths are drawn on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr, Rational, Symbol, lambdify

Array = NDArray[np.float64]

x, y = Symbol("theta_1", real=True), Symbol("theta_2", real=True)


@dataclass(frozen=True, eq=False)
class Landscape:
    """A loss to descend.

    Args:
        name: in the names of pictures and the keys of words.
        loss: in x and y; the gradient follows from it.
        start: where every path starts.
        minima: those in the frame.
        frame: the least and the largest x, then y.
        steps: that are taken.
    """

    name: str
    loss: Expr
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    frame: tuple[float, float, float, float]
    steps: int

    @cached_property
    def value(self) -> Callable[[Any, Any], Any]:
        return lambdify((x, y), self.loss, "numpy")

    @cached_property
    def slopes(self) -> Callable[[Any, Any], Any]:
        return lambdify((x, y), [self.loss.diff(x), self.loss.diff(y)], "numpy")

    def gradient(self, theta: Array) -> Array:
        return np.array(self.slopes(*theta))

    def holds(self, theta: Array) -> bool:
        """Whether a point lies in the frame; what is no number does not."""
        left, right, bottom, top = self.frame
        return bool(left <= theta[0] <= right and bottom <= theta[1] <= top)


RAVINE = Landscape(
    "ravine",
    x**2 / 2 + 50 * y**2,
    start=(-4.0, 0.4),
    minima=((0.0, 0.0),),
    frame=(-5.0, 3.0, -0.8, 0.8),
    steps=50,
)

SADDLE = Landscape(
    "saddle",
    x**2 / 2 - y**2 / 2 + y**4 / 4,
    start=(-1.5, 0.01),
    minima=((0.0, 1.0),),
    frame=(-1.8, 1.2, -0.5, 1.7),
    steps=40,
)

BEALE = Landscape(
    "beale",
    (Rational(3, 2) - x + x * y) ** 2
    + (Rational(9, 4) - x + x * y**2) ** 2
    + (Rational(21, 8) - x + x * y**3) ** 2,
    start=(1.0, 1.5),
    minima=((3.0, 0.5),),
    frame=(-0.8, 4.4, -2.0, 2.2),
    steps=100,
)

LANDSCAPES = (RAVINE, SADDLE, BEALE)
