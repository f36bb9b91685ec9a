"""Scalar states: how those of several parameters are read and written."""

import numpy as np
import torch
from torch import Tensor

from ._tensors import addresses

_OF_NUMPY = frozenset((torch.float32, torch.float64))


class Numbers:
    """Scalar states: 0-d tensors, wherever they are, a row each.

    Those that an optimizer made together lie in a row, and are read and written together. Others
    of the host are so as NumPy's arrays, which takes a tenth of the time of tensors.
    """

    def __init__(self, tensors: list[Tensor]) -> None:
        self.tensors = tensors
        self._vector = _in_a_row(tensors)
        each = tensors if self._vector is None else [self._vector]
        on_host = all(type(x) is Tensor and x.is_cpu and x.dtype in _OF_NUMPY for x in each)
        self._arrays = [x.detach().numpy() for x in each] if on_host else []

    def first(self) -> float:
        """That of the first row."""
        return self._arrays[0].item(0) if self._arrays else self.tensors[0].item()

    def common(self) -> float | None:
        """That of all rows; None where they are not equal."""
        values = self.read()
        return values[0] if values.count(values[0]) == len(values) else None

    def read(self) -> list[float]:
        if self._arrays and self._vector is not None:
            return self._arrays[0].tolist()
        return [x.item() for x in self._arrays or self.tensors]

    def vector(self) -> Tensor:
        """The numbers, in float64 on the tensors' device."""
        found = torch.stack(self.tensors) if self._vector is None else self._vector
        return found.to(torch.float64, copy=True)

    def fill(self, value: float | Tensor) -> None:
        """Write one number to all, or to each its own of a vector."""
        if self._arrays and not isinstance(value, Tensor):
            for x in self._arrays:
                x.fill(value)
        elif self._vector is not None:
            self._vector.copy_(torch.as_tensor(value))
        else:
            fill(self.tensors, value)


def fill(tensors: list[Tensor], value: float | Tensor) -> None:
    """Write one number to some 0-d tensors, or to each its own of a vector."""
    if isinstance(value, Tensor) and value.ndim:
        torch._foreach_copy_(tensors, list(value.to(tensors[0].device).unbind()))
    else:
        for x in tensors:
            x.fill_(value)


def _in_a_row(tensors: list[Tensor]) -> Tensor | None:
    """A vector in the memory of some 0-d tensors, at least one, if they are side by side there."""
    first, last = tensors[0], tensors[-1]
    if (
        {Tensor}.issuperset(map(type, tensors))
        and len({x.dtype for x in tensors}) == 1
        and not any(x.ndim for x in tensors)
        and first.untyped_storage().data_ptr() == last.untyped_storage().data_ptr()
        and not np.any(np.diff(addresses(tensors)) != first.itemsize)
    ):
        return first.detach().as_strided((len(tensors),), (1,))
    return None
