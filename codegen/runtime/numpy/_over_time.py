"""Hyperparameters over time: each number can be a function of the 0-based step, such as a schedule.

A step is taken by the optimizer *as it is at that step* (:func:`at`), which has numbers where the
optimizer itself has functions, and shares everything else with it. So the learning rate is one of
many, and what reads a hyperparameter, checks it or looks for states need not know. Where nothing
is a function, it is the optimizer itself. Functions are asked once a step, before anything changes.
Where a number is given as an array of one, it is that number, so that no state becomes an array.
"""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

import numpy as np

Owner = TypeVar("Owner")

_STILL = frozenset((float, int, type(None)))
"""Types of most numbers."""


def at(optimizer: Owner, names: Iterable[str], step: int) -> Owner:
    """An optimizer as it is at a step.

    Args:
        optimizer: it stays as it is.
        names: the attributes that are numbers, tuples of numbers, or functions in their places.
        step: counted from 0.
    """
    given = vars(optimizer)
    found = {
        name: _number(value, step)
        for name in names
        if type(value := given.get(name)) not in _STILL and _moves(value)
    }
    if not found:
        return optimizer
    now = object.__new__(type(optimizer))
    now.__dict__.update(given | found)
    return now


def _moves(value: Any) -> bool:
    """Whether it is a function or an array, or a tuple that has one."""
    if isinstance(value, tuple | list):
        return any(map(_moves, cast("tuple[Any, ...]", value)))
    return callable(value) or isinstance(value, np.ndarray)


def _number(value: Any, step: int) -> Any:
    if isinstance(value, tuple | list):
        members = cast("tuple[Any, ...]", value)
        return tuple(_number(each, step) for each in members)
    return number(value(step) if callable(value) else value)


def number(value: Any) -> Any:
    """The number in an array of one, as Python's own; anything else as it is."""
    if isinstance(value, np.ndarray | np.generic):
        array = cast("np.ndarray[Any, Any]", value)
        return array.item() if array.size == 1 else array
    return value
