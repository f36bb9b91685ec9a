"""What each way of clipping gradients gives."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from torch import Tensor

from ._tensors import Tensors


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
    def scale(norm: Tensor, limit: float, /) -> Tensor:
        """The numbers that gradients are scaled by, of their norms and the limit."""
        raise NotImplementedError

    @staticmethod
    @abstractmethod
    def loop(grad: Tensor, scalar: Any, /) -> Tensor:
        """The transform of one gradient. The number is the limit, or the scale if there is one."""

    @staticmethod
    @abstractmethod
    def foreach(grad: Tensors, scalar: Any, /) -> Tensors:
        """The same of several, with one number or one each; they are left as they are."""
