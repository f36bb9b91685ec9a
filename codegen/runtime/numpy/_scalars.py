"""Scalars, which are Python floats: those of a step, and functions of them."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

Number: TypeAlias = float | Callable[[int], float]
"""A hyperparameter, or a function that gives it from the 0-based step."""

Start: TypeAlias = float | Literal["theta"]
"""What a state starts as: a number, or a copy of its parameter."""


class Step:
    """What is the same for all elements in a step of a rule: scalars by name, and options.

    Attributes:
        storage: the dtype that arrays are kept in, where the rule rounds to it; no scalar.
    """

    __slots__ = ("__dict__", "storage")

    storage: "np.dtype[Any]"

    def storing(self, dtype: "np.dtype[Any]") -> "Step":
        """The same for arrays of a dtype."""
        step = Step()
        vars(step).update(vars(self))
        step.storage = dtype
        return step

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> float: ...
        def __setattr__(self, name: str, value: float | None) -> None: ...


def plain(value: Any) -> float | None:
    """A hyperparameter as Python's float; None where it has been left out."""
    return None if value is None else float(value)


def one_minus_power(base: float, exponent: float) -> float:
    """``1 - base**exponent`` for a base in [0, 1], without cancellation."""
    return -math.expm1(exponent * math.log(base)) if base > 0 else 1.0 - base**exponent
