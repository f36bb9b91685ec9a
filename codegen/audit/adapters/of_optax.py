"""Factories of optax's transformations of gradients."""

import os
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from ..trial import Floats
from .run import Gradient

_ABSENT = "jax is not installed here, which optimizers of optax run on: install it beside steprule"


class OptaxRun:
    """What has ``init(params)`` and ``update(grads, state, params)``, whose updates are added."""

    def __init__(
        self,
        made_by: Any,
        arguments: Mapping[str, Any],
        starts: Sequence[Floats],
        dtype: str,
        rate: str,
        rates: Sequence[float],
    ) -> None:
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        try:
            jax, jnp = import_module("jax"), import_module("jax.numpy")
        except ImportError as error:
            raise ImportError(_ABSENT) from error
        jax.config.update("jax_enable_x64", True)  # else float64 is float32
        self._jnp, self._dtype = jnp, jnp.dtype(dtype)
        known = jnp.asarray(rates, dtype=np.float64)
        varied = {rate: lambda count: known[count]} if rates else {}
        self._transform = made_by(**{**arguments, **varied})
        if not all(hasattr(self._transform, name) for name in ("init", "update")):
            raise TypeError(
                f"what it makes has no init and update: it is {type(self._transform).__name__}"
            )
        self._theta = [jnp.asarray(x, dtype=self._dtype) for x in starts]
        self._state = self._transform.init(self._theta)

    def step(self, gradient: Gradient) -> None:
        found = (gradient(i, np.asarray(x, np.float64)) for i, x in enumerate(self._theta))
        gradients = [self._jnp.asarray(x, dtype=self._dtype) for x in found]
        updates, self._state = self._transform.update(gradients, self._state, self._theta)
        self._theta = [(p + u).astype(p.dtype) for p, u in zip(self._theta, updates, strict=True)]

    def parameters(self) -> list[Any]:
        return self._theta

    def states(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for name, value in _fields(self._state):
            if isinstance(value, list) and len(value) == len(self._theta):
                found.setdefault(name, value)
        return found


def _fields(state: Any) -> Iterator[tuple[str, Any]]:
    """What named tuples within a state hold, by their fields."""
    if hasattr(state, "_fields"):
        for name in state._fields:
            yield name, getattr(state, name)
    if isinstance(state, tuple):
        for each in state:
            yield from _fields(each)
