"""Factories of optax's transformations of gradients."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from .draws import Draws
from .run import Given, Making

_ABSENT = "jax is not installed here, which optimizers of optax run on: install it beside steprule"
_KINDS = {"normal": "normal", "uniform": "uniform", "rademacher": "rademacher"}
"""What jax.random calls them: ours."""


class OptaxRun:
    """What has ``init(params)`` and ``update(grads, state, params)``, whose updates are added.

    The loss is given as ``value``, estimates by their names.
    """

    def __init__(self, made_by: Any, making: Making) -> None:
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        try:
            jax, jnp = import_module("jax"), import_module("jax.numpy")
        except ImportError as error:
            raise ImportError(_ABSENT) from error
        jax.config.update("jax_enable_x64", True)  # else float64 is float32
        self._jax, self._jnp, self._dtype = jax, jnp, jnp.dtype(making.dtype)
        known = jnp.asarray(making.rates, dtype=np.float64)
        varied = {making.rate: lambda count: known[count]} if making.rates else {}
        self._transform = made_by(**{**making.arguments, **varied})
        if not all(hasattr(self._transform, name) for name in ("init", "update")):
            raise TypeError(
                f"what it makes has no init and update: it is {type(self._transform).__name__}"
            )
        self._theta = [self._array(x) for x in making.starts]
        self._state = self._transform.init(self._theta)

    def step(self, given: Given) -> None:
        found = (given.gradient(i, np.asarray(x, np.float64)) for i, x in enumerate(self._theta))
        gradients = [self._array(x) for x in found]
        more: dict[str, Any] = {} if given.loss is None else {"value": self._array(given.loss)}
        more |= given.handed(self._array)
        with _drawing(self._jax, self._array, Draws(given.drawn)):
            now = gradients, self._state, self._theta
            updates, self._state = self._transform.update(*now, **more)
        self._theta = [(p + u).astype(p.dtype) for p, u in zip(self._theta, updates, strict=True)]

    def parameters(self) -> list[Any]:
        return self._theta

    def states(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for name, value in _fields(self._state):
            if isinstance(value, list) and len(value) == len(self._theta):
                found.setdefault(name, value)
        return found

    def evaluated(self) -> list[Any]:
        """Of schedule-free ones, which keep what their base has stepped, and a weight."""
        if not all(hasattr(self._state, name) for name in ("z", "b1", "weight_sum")):
            return []
        b1, z = self._state.b1, self._state.z
        return [(y - (1 - b1) * z) / b1 for y, z in zip(self._theta, z, strict=True)] if b1 else []

    def _array(self, x: Any) -> Any:
        return self._jnp.asarray(x, dtype=self._dtype)


@contextmanager
def _drawing(jax: Any, array: Any, draws: Draws) -> Iterator[None]:
    """Whoever asks jax.random meanwhile is given the numbers that the equations are."""
    if draws.are_none:
        yield
        return
    own = {name: getattr(jax.random, name) for name in _KINDS}

    def drawn(name: str) -> Any:
        def draw(key: Any, shape: Any = (), dtype: Any = None, *args: Any, **kwargs: Any) -> Any:
            return array(draws.next(_KINDS[name], tuple(shape)))

        return draw

    try:
        for name in _KINDS:
            setattr(jax.random, name, drawn(name))
        yield
    finally:
        for name, function in own.items():
            setattr(jax.random, name, function)


def _fields(state: Any) -> Iterator[tuple[str, Any]]:
    """What named tuples within a state hold, by their fields."""
    if hasattr(state, "_fields"):
        for name in state._fields:
            yield name, getattr(state, name)
    if isinstance(state, tuple):
        for each in state:
            yield from _fields(each)
