"""What steps an optimizer: one small interface to all of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ..trial import Floats

GROUP = "group."
"""What begins the name of an argument that no optimizer takes, but its group of parameters."""


@dataclass(frozen=True)
class Making:
    """What an optimizer is made of.

    Args:
        arguments: by its own names.
        starts: the parameters before the first step.
        dtype: that they have, as torch names it.
        rate: the name of its learning rate; empty where it has none.
        rates: those of all steps, where they vary.
    """

    arguments: Mapping[str, Any]
    starts: Sequence[Floats]
    dtype: str
    rate: str = ""
    rates: Sequence[float] = ()

    def float_type(self) -> np.dtype[Any]:
        """What NumPy has of the dtype.

        Raises:
            TypeError: it has none.
        """
        if self.dtype not in ("float64", "float32", "float16"):
            raise TypeError(f"NumPy has no {self.dtype}")
        return np.dtype(self.dtype)


@dataclass(frozen=True)
class Given:
    """What a step is given.

    Args:
        gradients: one for each parameter.
        pull: what is added to them for each unit of the point; where there is none, a gradient is
            the same everywhere.
        losses: the loss by its name, if the rule reads it.
        inputs: what else is handed over, by name: a number, or an array for each parameter.
        drawn: random numbers by name: their kind, as :class:`steprule.specs.language.Source` has
            it, and an array for each parameter.
    """

    gradients: tuple[Floats, ...]
    pull: float = 0.0
    losses: Mapping[str, float] = field(default_factory=dict[str, float])
    inputs: Mapping[str, float | Sequence[Floats]] = field(
        default_factory=dict[str, float | Sequence[Floats]]
    )
    drawn: Mapping[str, tuple[str, Sequence[Floats]]] = field(
        default_factory=dict[str, tuple[str, Sequence[Floats]]]
    )

    @property
    def loss(self) -> float | None:
        return next(iter(self.losses.values()), None)

    def gradient(self, index: int, point: Floats) -> Floats:
        """Of a parameter, by its number, at a point."""
        there = self.gradients[index]
        return there + self.pull * point if self.pull else there

    def handed(self, array: Callable[[Floats], Any]) -> dict[str, Any]:
        """What is handed over by name: numbers, and lists of what is made of arrays."""
        return {
            name: x if isinstance(x, int | float) else [array(each) for each in x]
            for name, x in self.inputs.items()
        }

    def inputs_of(self, index: int) -> dict[str, float | Floats]:
        """What a parameter by itself is given beside the gradient, with losses and draws."""
        handed = {n: x if isinstance(x, int | float) else x[index] for n, x in self.inputs.items()}
        return {**handed, **self.losses, **{n: x[index] for n, (_, x) in self.drawn.items()}}


class Run(Protocol):
    """An optimizer at work on its parameters."""

    def step(self, given: Given) -> None:
        """Take a step."""
        ...

    def parameters(self) -> Sequence[Any]:
        """What the parameters are now: what can be made an array, each."""
        ...

    def states(self) -> Mapping[str, Sequence[Any]]:
        """What it keeps, by its own names, one for each parameter."""
        ...

    def evaluated(self) -> Sequence[Any]:
        """The parameters to evaluate with, where it has others than those it steps; else none."""
        ...


Adapter = Callable[[Making], Run]
"""Makes an optimizer."""
