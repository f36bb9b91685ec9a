"""Classes of Keras, on whichever backend it is set to."""

from importlib import import_module
from typing import Any

import numpy as np

from ..trial import Floats
from .run import Given, Making


class KerasRun:
    """One that has ``apply(grads, variables)``. Its rate has the dtype of the parameters."""

    def __init__(self, made_by: Any, making: Making) -> None:
        keras = import_module("keras")
        self._keras, self._dtype = keras, making.dtype
        keras.config.set_floatx(making.dtype)
        self._rates = iter(making.rates)
        self._optimizer = made_by(**making.arguments)
        self._theta = [
            keras.Variable(np.asarray(x, np.float64), dtype=making.dtype) for x in making.starts
        ]

    def step(self, given: Given) -> None:
        if given.inputs or given.loss is not None:
            raise TypeError("optimizers of Keras are given gradients alone")
        ops = self._keras.ops
        for rate in self._rates:
            self._optimizer.learning_rate = rate
            break
        found = (given.gradient(i, x) for i, x in enumerate(self.parameters()))
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

    def evaluated(self) -> list[Floats]:
        return []

    def _floats(self, x: Any) -> Floats:
        return np.asarray(self._keras.ops.convert_to_numpy(x), dtype=np.float64)
