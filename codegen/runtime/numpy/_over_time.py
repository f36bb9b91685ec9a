"""Hyperparameters over time: each number can be a function of the 0-based step, such as a schedule.

A step is taken by the optimizer *as it is at that step* (:func:`at`), which has numbers where the
optimizer itself has functions, and shares everything else with it. So the learning rate is one of
many, and what reads a hyperparameter, checks it or looks for states need not know. Where nothing
is a function, it is the optimizer itself. Functions are asked once a step, before anything changes.
"""

from collections.abc import Iterable
from typing import Any, TypeVar, cast

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
    """Whether it is a function, or a tuple that has one."""
    if isinstance(value, tuple | list):
        return any(map(callable, cast("tuple[Any, ...]", value)))
    return callable(value)


def _number(value: Any, step: int) -> Any:
    if callable(value):
        return value(step)
    return tuple(each(step) if callable(each) else each for each in value)
