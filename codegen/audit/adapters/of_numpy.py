"""Classes that update NumPy arrays in place, as those that are generated here."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..trial import Floats
from .run import Given, Making


class NumpyRun:
    """One that has ``update(params, grads)``, of lists of arrays.

    Losses and estimates are arguments of ``update`` by their names. Random numbers it draws itself.
    """

    def __init__(self, made_by: Any, making: Making) -> None:
        self._dtype = making.float_type()
        rates = making.rates
        varied = {making.rate: lambda step: rates[int(step)]} if rates else {}
        self._optimizer = made_by(**{**making.arguments, **varied})
        self._theta = [np.array(x, dtype=self._dtype) for x in making.starts]

    def step(self, given: Given) -> None:
        def at(points: Sequence[Floats]) -> list[Floats]:
            found = (given.gradient(i, np.asarray(x, np.float64)) for i, x in enumerate(points))
            return [np.asarray(x, dtype=self._dtype) for x in found]

        # Those that look at gradients elsewhere take a function of the parameters.
        is_away = getattr(self._optimizer, "_points", ())
        self._optimizer.update(
            self._theta, at if is_away else at(self._theta), **given.handed(np.copy), **given.losses
        )

    def parameters(self) -> list[Floats]:
        return self._theta

    def states(self) -> dict[str, list[Any]]:
        found: dict[str, dict[int, Any]] = {}
        numbers: dict[str, list[Any]] = {}
        for key, value in self._optimizer.state_dict().items():
            name, slash, path = key.partition("/")
            if slash and path.isdigit():
                found.setdefault(name, {})[int(path)] = value
            else:
                numbers[name] = [value] * len(self._theta)
        whole = {n: [x[i] for i in sorted(x)] for n, x in found.items()}
        return numbers | {n: x for n, x in whole.items() if len(x) == len(self._theta)}

    def evaluated(self) -> list[Any]:
        return []
