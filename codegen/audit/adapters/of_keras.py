"""Classes of Keras, on whichever backend it is set to."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from ..trial import Floats
from .run import Gradient


class KerasRun:
    """One that has ``apply(grads, variables)``. Its rate has the dtype of the parameters."""

    def __init__(
        self,
        made_by: Any,
        arguments: Mapping[str, Any],
        starts: Sequence[Floats],
        dtype: str,
        rate: str,
        rates: Sequence[float],
    ) -> None:
        keras = import_module("keras")
        self._keras, self._dtype = keras, dtype
        keras.config.set_floatx(dtype)
        self._rates = iter(rates)
        self._optimizer = made_by(**arguments)
        self._theta = [keras.Variable(np.asarray(x, np.float64), dtype=dtype) for x in starts]

    def step(self, gradient: Gradient) -> None:
        ops = self._keras.ops
        for rate in self._rates:
            self._optimizer.learning_rate = rate
            break
        found = (gradient(i, x) for i, x in enumerate(self.parameters()))
        gradients = [ops.convert_to_tensor(np.asarray(x), dtype=self._dtype) for x in found]
        self._optimizer.apply(gradients, self._theta)

    def parameters(self) -> list[Floats]:
        return [self._floats(x) for x in self._theta]

    def states(self) -> dict[str, list[Floats]]:
        """Lists of variables, one for each parameter, are its attributes."""
        return {
            name.lstrip("_"): [self._floats(x) for x in value]
            for name, value in vars(self._optimizer).items()
            if isinstance(value, list) and len(value) == len(self._theta)
            if all(isinstance(x, self._keras.Variable) for x in value) and "variables" not in name
        }

    def _floats(self, x: Any) -> Floats:
        return np.asarray(self._keras.ops.convert_to_numpy(x), dtype=np.float64)
