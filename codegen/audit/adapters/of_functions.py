"""Plain functions: ``step(theta, gradient, state, **arguments) -> (theta, state)``."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..returned import ReturnedError
from .run import Given, Making


class FunctionRun:
    """A function of NumPy arrays, called for each parameter.

    Before the first step the state is an empty dict. What it holds by name of arrays and numbers is
    what the optimizer keeps. Losses, estimates and random numbers are arguments by their names.
    """

    def __init__(self, made_by: Any, making: Making) -> None:
        self._function, self._arguments = made_by, dict(making.arguments)
        self._dtype, self._rate = making.float_type(), making.rate
        self._rates = iter(making.rates)
        self._theta = [np.array(x, dtype=self._dtype) for x in making.starts]
        self._states: list[Any] = [{} for _ in making.starts]

    def step(self, given: Given) -> None:
        for rate in self._rates:
            self._arguments[self._rate] = rate
            break
        for i, (theta, state) in enumerate(zip(self._theta, self._states, strict=True)):
            g = np.asarray(given.gradient(i, theta.astype(np.float64)), dtype=self._dtype)
            arguments = {**self._arguments, **given.inputs_of(i)}
            new = self._function(theta.copy(), g, state, **arguments)
            self._theta[i], self._states[i] = _checked(new, theta.shape)

    def parameters(self) -> list[Any]:
        return self._theta

    def states(self) -> dict[str, list[Any]]:
        names = [n for n, x in self._states[0].items() if isinstance(x, np.ndarray | float)]
        return {name: [each[name] for each in self._states] for name in names}

    def evaluated(self) -> list[Any]:
        return []


def _checked(new: Any, shape: tuple[int, ...]) -> tuple[Any, Mapping[str, Any]]:
    """The new parameter and state, of what a function returned.

    Raises:
        ReturnedError: it is something else.
    """
    if not isinstance(new, tuple | list) or len(new) != 2:
        raise ReturnedError(new, "(theta, state), the new parameter and what it keeps")
    theta, state = new
    if np.shape(theta) != shape:
        raise ReturnedError(theta, f"a parameter of shape {shape}, which it was given")
    if not isinstance(state, Mapping):
        raise ReturnedError(state, "a dict of what it keeps, behind the parameter")
    return theta, state
