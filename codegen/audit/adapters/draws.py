"""Random numbers for an optimizer that draws its own: it is given those that the equations have."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..trial import Floats


class Draws:
    """The numbers of one step, each given once: by kind, in the order of the parameters.

    Args:
        drawn: as :class:`.run.Given` has them.
    """

    def __init__(self, drawn: Mapping[str, tuple[str, Sequence[Floats]]]) -> None:
        self._left: dict[str, list[Floats]] = {}
        for kind, arrays in drawn.values():
            self._left.setdefault(kind, []).extend(arrays)

    @property
    def are_none(self) -> bool:
        return not self._left

    def next(self, kind: str, shape: tuple[int, ...]) -> Any:
        """The next of a kind and a shape.

        Raises:
            LookupError: the equations draw no such number any more, in this step.
        """
        left = self._left.get(kind, [])
        for i, array in enumerate(left):
            if np.shape(array) == shape:
                return left.pop(i)
        raise LookupError(f"it draws {kind} numbers of shape {shape} that the equations have not")
