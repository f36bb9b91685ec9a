"""What a rule knows of a parameter, and the shapes of states that are not like it.

A parameter is a matrix of its last two axes, or a batch of those. A state is said to be
``("rows", 1)``, one number a row behind the batch's axes, ``("rows", "rows")`` or the like, or
``(1,)``, one number a tensor.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

Axes: TypeAlias = tuple[str | int, ...]


Facts: TypeAlias = Mapping[str, Any]
"""Whole numbers from a shape, and the machine epsilon, by name."""


def facts(shape: Sequence[int]) -> dict[str, int]:
    """What is known of a parameter of a shape, by name.

    A tensor of less than two axes is one row. Without elements nothing is computed, and no length
    is said to be zero.
    """
    rows, cols = (1, 1, *shape)[-2:]
    lengths = {"numel": prod(shape), "rows": rows, "cols": cols}
    return {"ndim": len(shape)} | {name: max(1, n) for name, n in lengths.items()}


def told(names: Sequence[str], shape: Sequence[int], epsilon: float) -> Facts:
    """What a rule must know of a parameter of a shape, and of a dtype with a machine epsilon."""
    found = facts(shape) | {"machine_epsilon": epsilon}
    return {name: found[name] for name in names}


def lengths(axes: Axes, shape: Sequence[int]) -> tuple[int, ...]:
    """The shape of a state of a parameter of a shape; of none, the parameter's own."""
    if not axes:
        return tuple(shape)
    if len(axes) == 1:
        return ()
    known: dict[str | int, int] = {"rows": shape[-2], "cols": shape[-1]}
    return (*shape[:-2], *(known.get(axis, 1) for axis in axes))
