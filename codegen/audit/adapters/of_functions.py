"""Plain functions: ``step(theta, gradient, state, **arguments) -> (theta, state)``."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..trial import Floats
from .run import Gradient


class FunctionRun:
    """A function of NumPy arrays, called for each parameter.

    Before the first step the state is an empty dict. What it holds by name of arrays and numbers is
    what the optimizer keeps.
    """

    def __init__(
        self,
        made_by: Any,
        arguments: Mapping[str, Any],
        starts: Sequence[Floats],
        dtype: str,
        rate: str,
        rates: Sequence[float],
    ) -> None:
        if dtype not in ("float64", "float32", "float16"):
            raise TypeError(f"NumPy has no {dtype}")
        self._function, self._arguments = made_by, dict(arguments)
        self._dtype, self._rate, self._rates = np.dtype(dtype), rate, iter(rates)
        self._theta = [np.array(x, dtype=self._dtype) for x in starts]
        self._states: list[Any] = [{} for _ in starts]

    def step(self, gradient: Gradient) -> None:
        for rate in self._rates:
            self._arguments[self._rate] = rate
            break
        for i, (theta, state) in enumerate(zip(self._theta, self._states, strict=True)):
            g = np.asarray(gradient(i, theta.astype(np.float64)), dtype=self._dtype)
            given = theta.copy(), g, state
            self._theta[i], self._states[i] = self._function(*given, **self._arguments)

    def parameters(self) -> list[Any]:
        return self._theta

    def states(self) -> dict[str, list[Any]]:
        names = [n for n, x in self._states[0].items() if isinstance(x, np.ndarray | float)]
        return {name: [each[name] for each in self._states] for name in names}
