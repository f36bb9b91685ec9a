"""What each way of clipping gradients gives."""

from abc import ABC, abstractmethod
from typing import ClassVar

from ._trees import Array


class Transform(ABC):
    """Base of the transforms; a transform has one argument, its limit."""

    domain: ClassVar[str]
    """What the limit must satisfy, in words."""

    reach: ClassVar[str] = ""
    """Over what norms are taken: each ``"tensor"``, ``"all"`` of them, or nothing."""

    @staticmethod
    @abstractmethod
    def accepts(limit: float, /) -> bool:
        """Whether a limit lies in its domain."""

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
