"""What a rule knows of a parameter, and the shapes of states that are not like it.

A parameter is a matrix of its last two axes, or a batch of those, unless a :class:`View` says
otherwise. A state is said to be ``("rows", 1)``, one number a row behind the batch's axes,
``("rows", "rows")`` or ``("rows", "basis")``, or ``(1,)``, one number a tensor.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias

Axes: TypeAlias = tuple[str | int, ...]


Facts: TypeAlias = Mapping[str, Any]
"""Whole numbers from a shape, and the machine epsilon, by name."""


class View(NamedTuple):
    """What of a parameter is a matrix, if it has two axes or more.

    Args:
        flat: whether the rows are its first axis, and the columns all others together.
        parts: of how many equal matrices, one below the other, each of these consists.
        rank: the largest length of a basis of their rows or columns.
    """

    flat: bool = False
    parts: int = 1
    rank: int = 1

    def of(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The shape that a parameter of a shape is seen in.

        Raises:
            ValueError: its rows do not go into so many parts.
        """
        if len(shape) < 2:
            return tuple(shape)
        *batch, rows, cols = (shape[0], prod(shape[1:])) if self.flat else shape
        if self.parts == 1:
            return (*batch, rows, cols)
        if rows % self.parts:
            raise ValueError(
                f"is to be {self.parts} equal matrices, one below the other, and its {rows} rows "
                f"do not go into {self.parts}"
            )
        return (*batch, self.parts, rows // self.parts, cols)


LAST_TWO = View()


def facts(shape: Sequence[int], view: View = LAST_TWO) -> dict[str, int]:
    """What is known of a parameter of a shape, by name; the number of axes it has, unseen.

    A tensor of less than two axes is one row. Without elements nothing is computed, and no length
    is said to be zero.
    """
    rows, cols = (1, 1, *view.of(shape))[-2:]
    lengths = {"numel": prod(shape), "rows": rows, "cols": cols}
    lengths["basis"] = min(view.rank, rows, cols)
    return {"ndim": len(shape)} | {name: max(1, n) for name, n in lengths.items()}


def told(
    names: Sequence[str], shape: Sequence[int], epsilon: float, view: View = LAST_TWO
) -> Facts:
    """What a rule must know of a parameter of a shape, and of a dtype with a machine epsilon."""
    found = facts(shape, view) | {"machine_epsilon": epsilon}
    return {name: found[name] for name in names}


def otherwise(arguments: Sequence[str]) -> str:
    """What to change where a parameter cannot be seen as some arguments say."""
    return f", with other values of {' and '.join(arguments)}" if arguments else ""


def lengths(axes: Axes, shape: Sequence[int], view: View = LAST_TWO) -> tuple[int, ...]:
    """The shape of a state of a parameter of a shape; of none, the parameter's own."""
    if not axes:
        return tuple(shape)
    if len(axes) == 1:
        return ()
    shape = view.of(shape)
    known: dict[str | int, int] = {"rows": shape[-2], "cols": shape[-1]}
    known["basis"] = min(view.rank, max(1, min(shape[-2:])))
    return (*shape[:-2], *(known.get(axis, 1) for axis in axes))
