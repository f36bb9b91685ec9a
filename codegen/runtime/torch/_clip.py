"""What happens to the gradients of a group before a rule sees them."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import torch
from torch import Tensor

from ._tensors import Tensors, arithmetic
from ._transform import Transform

Vectors: TypeAlias = list[tuple[list[int], Tensor]]
"""The rows of some gradients, and a number for each in one tensor, or one that they share."""

Way: TypeAlias = tuple[type[Transform], float]
"""A transform, and its limit."""


@dataclass(frozen=True)
class Clip:
    """What happens to the gradients of a group.

    Args:
        transform: the transform.
        limit: its argument.
        scales: the places of some gradients, and what they are scaled by, in one vector; all are
            in one of them, or none if the transform has no scales.
    """

    transform: type[Transform]
    limit: float
    scales: Vectors

    def one(self, grad: Tensor, row: int) -> Tensor:
        """A gradient, or what it was converted to; the row is its place in the group."""
        return self.transform.loop(grad, self._scalar(row, grad.dtype))

    def together(self, grads: list[Tensor], rows: list[int]) -> Tensors:
        """The same of several on one device."""
        if self.transform.reach == "tensor":
            return self.transform.foreach(grads, [self._scale(row) for row in rows])
        return self.transform.foreach(grads, self._scalar(rows[0], grads[0].dtype))

    def of(self, rows: list[int]) -> "Clip":
        """The same, of some of the gradients alone, of one dtype on one device."""
        if not self.scales:
            return self
        vector = next((own for places, own in self.scales if places == rows), None)
        if vector is None:
            vector = torch.stack([self._scale(row) for row in rows])
        return Clip(self.transform, self.limit, [([*range(len(rows))], vector)])

    def number(self) -> float | Tensor:
        """What a kernel takes for gradients on one device: the limit, or a vector of scales."""
        if not self.scales:
            return self.limit
        if len(self.scales) == 1:
            return self.scales[0][1]
        return torch.stack([self._scale(row) for row in range(len(self._places))])

    def _scalar(self, row: int, dtype: torch.dtype) -> Any:
        """What a gradient of a dtype is transformed with: its scale, or else the limit."""
        if self.scales:
            return self._scale(row)
        # torch refuses numbers beyond a dtype's range, which no finite element is above.
        return math.inf if self.limit > torch.finfo(dtype).max else self.limit

    def _scale(self, row: int) -> Tensor:
        vector, place = self._places[row]
        return vector[place]

    @cached_property
    def _places(self) -> dict[int, tuple[Tensor, int]]:
        return {row: (own, k) for rows, own in self.scales for k, row in enumerate(rows)}


def computed(grad: Tensor) -> torch.dtype:
    """The dtype of the reals that a gradient is computed with."""
    return arithmetic(grad.dtype).to_real()
