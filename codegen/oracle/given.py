"""What a step is given, as exact numbers: the gradient, states, inputs."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Array, Quantity, spread
from .exact import exact
from .formats import to_exact
from .known import Real

GradientOf: TypeAlias = Callable[[Array], ArrayLike]
"""The gradient as a function of the point, exact numbers in and out (or floats)."""


def quantity_of(value: ArrayLike | Real, shape: tuple[int, ...] | None = None) -> Quantity:
    """Exact numbers, in a shape if one is given."""
    if not isinstance(value, np.ndarray):
        return exact(value)
    return to_exact(value) if shape is None else to_exact(value).reshape(shape)


def gradient_of(
    gradient: ArrayLike | GradientOf, theta: Array, shape: tuple[int, ...] | None = None
) -> Callable[[Quantity, bool], Quantity]:
    """The gradient at a point, which is or is not the stored parameter.

    Args:
        gradient: in the parameter's shape, as the points are that it is a function of.
        theta: the parameter as it is seen.
        shape: of the parameter, if it is seen in another.
    """
    own = theta.shape if shape is None else shape

    def at(point: Quantity, stored: bool) -> Quantity:
        if callable(gradient):
            found = gradient(spread(point, theta.shape).reshape(own))
            return to_exact(found).reshape(theta.shape)
        if stored:
            return to_exact(gradient).reshape(theta.shape)
        raise ValueError("a gradient away from the stored parameter must be given as a function")

    return at
