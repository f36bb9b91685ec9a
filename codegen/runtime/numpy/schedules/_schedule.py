"""What all schedules share: evaluation at one step or many, and checks."""

import math
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, ClassVar, TypeAlias, cast, overload

import numpy as np
from numpy.typing import NDArray

from .._over_time import number
from ._domains import require
from ._heads import Factors

Function: TypeAlias = Callable[[int], float]
"""A function of a whole number."""

Steps: TypeAlias = NDArray[np.integer[Any]]

NUMBERS: tuple[Any, ...] = (int, float, np.integer, np.floating)


class Schedule(ABC):
    """A learning rate over time, as a function of the 0-based step."""

    _factors: ClassVar[tuple[str, ...]] = ()
    """The arguments of which running products are taken."""

    @overload
    def __call__(self, step: int) -> float: ...
    @overload
    def __call__(self, step: Steps | Sequence[int]) -> NDArray[np.float64]: ...
    def __call__(self, step: int | Steps | Sequence[int]) -> float | NDArray[np.float64]:
        """The learning rate at a step, or at each of an array of steps.

        Args:
            step: whole numbers from 0 on, one or an array of any shape.

        Returns:
            A float, or a float64 array of the steps' shape.

        Raises:
            ValueError: a step is negative, or no whole number.
        """
        return self.rate(step)

    @overload
    def rate(self, step: int, lr: float | None = None) -> float: ...
    @overload
    def rate(self, step: Steps | Sequence[int], lr: float | None = None) -> NDArray[np.float64]: ...
    def rate(self, step: Any, lr: float | None = None) -> Any:
        """What a call gives, starting from another rate than its own if one is given."""
        if isinstance(step, np.ndarray | list | tuple | range):
            steps: NDArray[Any] = np.asarray(step)
            rates: list[float] = [self.rate(each, lr) for each in steps.ravel().tolist()]
            return np.array(rates, dtype=np.float64).reshape(steps.shape)
        step = as_step(step)
        start = None if lr is None else as_number("lr", lr)
        return _result("learning rate", step, self._rate(step, **self._settings(start)))

    def momentum(self, step: int) -> float | None:
        """The momentum at a step, of schedules that move it too; None for all others.

        Raises:
            ValueError: the step is negative, or no whole number.
        """
        step = as_step(step)
        found = self._momentum(step, **self._settings())
        return None if found is None else _result("momentum", step, found)

    @staticmethod
    @abstractmethod
    def _rate(step: int, /, **arguments: Any) -> float:
        """The learning rate, by the equations."""

    @staticmethod
    def _momentum(step: int, /, **arguments: Any) -> float | None:
        """The momentum, by the equations."""
        return None

    def _settings(self, lr: float | None = None) -> dict[str, Any]:
        settings = {field.name: getattr(self, field.name) for field in fields(self)}  # pyright: ignore
        for name in self._factors:
            if f"_{name}" not in vars(self):
                object.__setattr__(self, f"_{name}", Factors(settings[name]))
            settings[name] = getattr(self, f"_{name}")
        settings.setdefault("lr", None)
        return settings if lr is None else settings | {"lr": lr}


class MetricSchedule(ABC):
    """A learning rate that follows a metric: called, it gives the present one."""

    _states: ClassVar[dict[str, str]] = {}
    """The states in the equations, and the attributes that hold them."""

    current_lr: float

    def __call__(self, step: int = 0) -> float:
        """The present learning rate, whatever the step."""
        return self.current_lr

    def step(self, metric: float) -> float:
        """Take in one more value of the metric.

        Returns:
            The learning rate from now on.

        Raises:
            ValueError: the metric is no number. Nothing has been changed then.
        """
        metric = as_number("metric", metric)
        settings = {field.name: getattr(self, field.name) for field in fields(self)}  # pyright: ignore
        states = {name: getattr(self, key) for name, key in self._states.items()}
        new = self._next(metric, **settings, **states)
        for key, value in zip(self._states.values(), new, strict=True):
            setattr(self, key, value)
        return self.current_lr

    def state_dict(self) -> dict[str, float]:
        """The states by name; arguments are not among them."""
        return {key: getattr(self, key) for key in self._states.values()}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Take over states kept by :meth:`state_dict`.

        Raises:
            ValueError: a state is missing, unknown or no number. Nothing has been changed then.
        """
        own = {*self._states.values()}
        if lacking := sorted(own - state.keys()):
            raise ValueError(f"the state lacks {', '.join(lacking)}")
        if odd := sorted(map(str, state.keys() - own)):
            name = type(self).__name__
            raise ValueError(f"the state has {', '.join(odd)}, which {name} does not keep")
        for key, value in {key: as_number(key, value) for key, value in state.items()}.items():
            setattr(self, key, value)

    @staticmethod
    @abstractmethod
    def _next(metric: float, /, **arguments: Any) -> tuple[Any, ...]:
        """The states after one more metric, by the equations."""


def as_step(value: Any) -> int:
    """A step as an int; ValueError for what is none."""
    require(is_whole(value) and value >= 0, "step", value, "a whole number of at least 0")
    return int(value)


def as_number(name: str, value: Any) -> float:
    """A number, finite or not, as Python's own; ValueError for what is none."""
    found = _float(value)
    require(not math.isnan(found), name, value, "a number")
    return value if isinstance(value, int) else found


def _result(what: str, step: int, value: Any) -> float:
    """What the equations give, of functions of the user's too; ValueError where it is no number."""
    if type(value) is float:
        return value
    found = _float(value)
    if math.isnan(found) and not isinstance(value, NUMBERS):
        raise ValueError(f"the {what} at step {step} must be a number, got {value!r}")
    return found


def _float(value: Any) -> float:
    """A number, or that in an array of one; NaN for what is none."""
    value = number(value)
    if isinstance(value, bool | str):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError):  # as of an array of several
        return math.nan


def listed(name: str, values: Any) -> tuple[Any, ...]:
    """The entries of a list, as a tuple that nobody can change; ValueError for what is none."""
    require(hasattr(values, "__iter__") and not isinstance(values, str), name, values, "a list")
    return tuple(values)


def is_number(value: Any) -> bool:
    """Whether a value is a number in the range of floats."""
    if isinstance(value, bool) or not isinstance(value, NUMBERS):
        return False
    if isinstance(value, np.floating):  # whose own bounds would overflow
        value = float(cast("np.floating[Any]", value))
    # NaN is not comparable, and an int can be beyond all floats.
    return bool(abs(value) <= sys.float_info.max)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; 3.0 is one."""
    return is_number(value) and value % 1 == 0


def is_flag(value: Any) -> bool:
    """Whether a value is True or False."""
    return isinstance(value, bool)


def is_schedule(value: Any) -> bool:
    """Whether a value is a schedule of this package."""
    return isinstance(value, Schedule)
