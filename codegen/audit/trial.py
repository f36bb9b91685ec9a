"""One thing that two optimizers are both made to do, and what comes of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Trial:
    """Arguments, parameters and gradients, by the names of the spec.

    Args:
        hyper: every hyperparameter.
        options: every option.
        starts: the parameters before the first step, values of ``dtype`` in any NumPy dtype.
        gradients: one a step, each with an array for each parameter.
        rates: the learning rate of each step, where it varies.
        pull: what is added to a gradient for each unit of the parameter, so that gradients at two
            points differ.
        dtype: of parameters and gradients, as torch names it.
        elements: of each input that has a number for each element, by name, what ``gradients`` has
            of them; random numbers among them.
        numbers: of each input that is one number, its value in each step.
    """

    hyper: Mapping[str, float]
    options: Mapping[str, bool]
    starts: tuple[Floats, ...]
    gradients: tuple[tuple[Floats, ...], ...]
    rates: tuple[float, ...] = ()
    pull: float = 0.0
    dtype: str = "float64"
    elements: Mapping[str, tuple[tuple[Floats, ...], ...]] = field(
        default_factory=dict[str, tuple[tuple[Floats, ...], ...]]
    )
    numbers: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])

    def hyper_at(self, index: int) -> Mapping[str, float]:
        """The hyperparameters in a step, by its number from 0."""
        return {**self.hyper, "lr": self.rates[index]} if self.rates else self.hyper

    def of_steps(self, chosen: Sequence[int]) -> "Trial":
        """Some of its steps, by their numbers from 0."""

        def picked(values: Sequence[Any]) -> Any:
            return tuple(values[i] for i in chosen) if values else ()

        return replace(
            self,
            gradients=picked(self.gradients),
            rates=picked(self.rates),
            elements={n: picked(x) for n, x in self.elements.items()},
            numbers={n: picked(x) for n, x in self.numbers.items()},
        )

    def of_tensors(self, change: Callable[[tuple[Floats, ...]], tuple[Floats, ...]]) -> "Trial":
        """With other arrays in place of those of each moment: parameters, gradients, inputs."""
        return replace(
            self,
            starts=change(self.starts),
            gradients=tuple(map(change, self.gradients)),
            elements={n: tuple(map(change, x)) for n, x in self.elements.items()},
        )


@dataclass(frozen=True)
class Moment:
    """What is there after a step: parameters, and states by name, one array a parameter."""

    theta: tuple[Floats, ...]
    states: Mapping[str, tuple[Floats, ...]] = field(default_factory=dict[str, tuple[Floats, ...]])


@dataclass(frozen=True)
class Raised:
    """That the other optimizer raised an error.

    Args:
        step: in which; 0 where it could not be made.
        said: the kind of the error, and what it says.
    """

    step: int
    said: str


Course = tuple[Moment, ...]
"""What is there after each step."""
