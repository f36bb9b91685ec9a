"""What each way of clipping gradients gives."""

from abc import ABC, abstractmethod
from typing import Any

from torch import Tensor

from ._limits import Limit
from ._tensors import Tensors


class Transform(Limit, ABC):
    """Base of the transforms; a transform has one argument, its limit."""

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
