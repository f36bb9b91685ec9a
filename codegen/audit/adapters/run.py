"""What steps an optimizer: one small interface to all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..trial import Floats


@dataclass(frozen=True)
class Gradient:
    """The gradients of a step: called with the number of a parameter and a point.

    Args:
        given: one for each parameter.
        pull: what is added for each unit of the point; where there is none, a gradient is the same
            everywhere.
    """

    given: tuple[Floats, ...]
    pull: float

    def __call__(self, index: int, point: Floats) -> Floats:
        return self.given[index] + self.pull * point if self.pull else self.given[index]


class Run(Protocol):
    """An optimizer at work on its parameters."""

    def step(self, gradient: Gradient) -> None:
        """Take a step."""
        ...

    def parameters(self) -> Sequence[Any]:
        """What the parameters are now: what can be made an array, each."""
        ...

    def states(self) -> Mapping[str, Sequence[Any]]:
        """What it keeps, by its own names, one for each parameter."""
        ...


class Adapter(Protocol):
    """Makes an optimizer.

    Called with the arguments by its own names, the parameters before the first step, the dtype
    that they have, the name of its learning rate, and the rates of all steps where they vary.
    """

    def __call__(
        self,
        arguments: Mapping[str, Any],
        starts: Sequence[Floats],
        dtype: str,
        rate: str,
        rates: Sequence[float],
    ) -> Run: ...
