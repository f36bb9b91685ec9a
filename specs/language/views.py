"""How a rule sees a parameter as matrices: by its last two axes, or otherwise.

The numbers of a parameter are the same in every view, and lie in the same order. So equations know
nothing of views: what they see as ``rows`` and ``cols`` is what a view makes of the parameter, its
gradient, inputs and the states of its shape. These keep their own shape, in memory and in
checkpoints; states along axes have the axes that are seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from sympy import Basic, false, sympify

from .misuse import expression


@dataclass(frozen=True)
class View:
    """What of a parameter is a matrix, if it has two axes or more.

    ``View(flat=ndim >= 4)`` sees the kernel of a convolution as out x (in*height*width), and
    ``View(parts=split)`` three matrices in a projection to queries, keys and values.

    Args:
        flat: a condition of ``ndim``, options and hyperparameters. Where it holds, ``rows`` is the
            first axis, and ``cols`` all others together; else they are the last two, behind a
            batch.
        parts: of how many equal matrices, one below the other, each of these consists: a
            hyperparameter made with ``counts``, or 1. They are a batch then.
        rank: how long the axis ``basis`` is where the matrix has as many rows and columns: a
            hyperparameter made with ``counts``, or 1; else as long as the shorter of these.
    """

    flat: Basic = false
    parts: Basic | int = 1
    rank: Basic | int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "flat", expression(self.flat))
        object.__setattr__(self, "parts", expression(self.parts))
        object.__setattr__(self, "rank", expression(self.rank))

    @property
    def symbols(self) -> set[Basic]:
        """What it reads."""
        read = map(sympify, (self.flat, self.parts, self.rank))
        return {symbol for e in read for symbol in e.free_symbols}

    @property
    def is_plain(self) -> bool:
        """Whether every parameter is seen by its last two axes, and no basis is longer than one."""
        return self.flat == false and self.parts == 1 and self.rank == 1


LAST_TWO = View()
"""Every parameter is seen by its last two axes."""


def seen(shape: Sequence[int], *, flat: bool, parts: int) -> tuple[int, ...]:
    """The shape that a parameter of a shape is seen in.

    Raises:
        ValueError: its rows do not go into so many parts.
    """
    if len(shape) < 2:
        return tuple(shape)
    *batch, rows, cols = (shape[0], prod(shape[1:])) if flat else shape
    if parts == 1:
        return (*batch, rows, cols)
    if rows % parts:
        raise ValueError(f"{rows} rows do not go into {parts} equal parts")
    return (*batch, parts, rows // parts, cols)
