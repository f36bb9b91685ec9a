"""What each way of clipping gradients gives."""

from abc import ABC, abstractmethod

from ._limits import Limit
from ._trees import Array


class Transform(Limit, ABC):
    """Base of the transforms; a transform has one argument, its limit."""

    @staticmethod
    def scale(norm: float, limit: float, /) -> float:
        """The number that every element is scaled by, of a norm and the limit."""
        raise NotImplementedError

    @staticmethod
    @abstractmethod
    def block(grad: Array, scalar: float, /, out: Array) -> Array:
        """Write the transform of a block of a gradient to ``out``, which is returned.

        The number is the limit, or the scale where there is one.
        """
