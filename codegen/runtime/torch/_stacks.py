"""Matrices of one shape as a batch: one call for many, where a rule takes each by itself."""

from collections.abc import Sequence

import torch
from torch import Tensor

from ._rows import alike, at


class Stacks:
    """Which rows have matrices of one shape.

    Args:
        params: a parameter a row.
    """

    def __init__(self, params: Sequence[Tensor]) -> None:
        self._rows = [*alike(p.shape for p in params).values()]

    def of(self, column: list[Tensor]) -> list[Tensor]:
        """A tensor for each shape: that of its only row, or a new one with a row for each."""
        if not column or len(self._rows) == len(column):
            return column
        return [
            column[rows[0]] if len(rows) == 1 else torch.stack(at(column, rows))
            for rows in self._rows
        ]

    def put(self, stacks: list[Tensor], column: list[Tensor]) -> None:
        """Write what rows have become into the tensors they were taken from."""
        if stacks is column:
            return
        into = [column[row] for rows in self._rows for row in rows if len(rows) > 1]
        made = [stack.unbind() for stack, rows in zip(stacks, self._rows, strict=True) if rows[1:]]
        torch._foreach_copy_(into, [each for parts in made for each in parts])
