"""The arguments of schedulers: what they can be, and how they are kept in checkpoints."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from itertools import chain
from numbers import Real
from types import FunctionType, MethodType
from typing import Any, ClassVar, TypeAlias

from torch.optim import Optimizer

Function: TypeAlias = Callable[[int], float]
"""A function of a whole number."""

_FIXED = frozenset((float, int, bool, str, type(None), FunctionType))
"""Types of which an object does not change."""


class Arguments:
    """The arguments of a scheduler, kept as attributes: checks, and their part of a checkpoint."""

    _arguments: ClassVar[tuple[str, ...]] = ()
    _keys: ClassVar[dict[str, str]] = {}
    """The attributes of those that torch keeps by another name; of groups, always a list."""
    _per_group: ClassVar[tuple[str, ...]] = ()
    """Those that can be a list with one for each group of parameters."""
    _functions: ClassVar[tuple[str, ...]] = ()

    optimizer: Optimizer

    @staticmethod
    def _check(**arguments: Any) -> None:
        """Raise ValueError unless the arguments of a group are in their domains."""

    def _accept(self, optimizer: Optimizer) -> None:
        """Check the arguments, before anything of the optimizer is changed."""
        self.optimizer = require_optimizer(optimizer)
        arguments = self._given()
        self._require(arguments)
        self._for_all = [n for n in self._per_group if not isinstance(arguments[n], list)]
        self._keep(arguments)
        self._derive()

    def _given(self) -> dict[str, Any]:
        """The arguments by their names."""
        return {name: plain(getattr(self, self._key(name))) for name in self._arguments}

    def _fixed(self) -> list[Any] | None:
        """The arguments in one list, if none can change while it is the same object."""
        found: list[Any] = []
        for name in self._arguments:
            value = getattr(self, self._keys.get(name, name))
            kind = type(value)
            if kind in _FIXED:
                found.append(value)
            elif kind is list and _FIXED.issuperset(map(type, value)):
                found += (len(value), *value)
            elif kind is Counter and _FIXED.issuperset(map(type, chain(*value.items()))):
                found += (len(value), *chain(*value.items()))
            else:
                return None
        return found

    def _key(self, name: str) -> str:
        return self._keys.get(name, name)

    def _keep(self, arguments: Mapping[str, Any]) -> None:
        groups = len(self.optimizer.param_groups)
        for name, value in arguments.items():
            if name in self._per_group and name in self._keys and not isinstance(value, list):
                value = [value] * groups
            setattr(self, self._key(name), value)

    def _derive(self) -> None:
        """Fill in arguments that were left out and follow from others."""

    def _extend_arguments(self) -> None:
        """Let what was given for all groups hold for one that was added."""
        for name in self._for_all:
            if name in self._keys:
                values = getattr(self, self._keys[name])
                values.extend(values[:1] * (len(self.optimizer.param_groups) - len(values)))

    def _require(self, arguments: Mapping[str, Any]) -> None:
        for index in range(len(self.optimizer.param_groups)):
            self._check(**self._in_group(index, arguments))

    def _in_group(self, index: int, arguments: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The arguments, its own or others, as they are for one group."""
        found = self._given() if arguments is None else dict(arguments)
        groups = len(self.optimizer.param_groups)
        for name in self._per_group:
            values = found[name]
            if isinstance(values, list):
                if len(values) != groups:
                    raise ValueError(
                        f"{name} must be one value, or {groups} for the {groups} groups of "
                        f"parameters, got {len(values)}"
                    )
                found[name] = values[index]
        return found

    def _saved_arguments(self) -> dict[str, Any]:
        """The arguments as plain values: of functions that are objects, what they hold."""
        saved = {self._key(name): getattr(self, self._key(name)) for name in self._arguments}
        for key in map(self._key, self._functions):
            functions = saved[key]
            several = isinstance(functions, list)
            saved[key] = [*map(held, functions)] if several else held(functions)
        return {key: copy(x) if isinstance(x, list | Counter) else x for key, x in saved.items()}

    def _load_arguments(self, state: Mapping[str, Any]) -> None:
        """Take over the arguments in a state; those it lacks stay as they are."""
        state = {**state, **self._understood(state)}
        present, found = self._given(), self._given()
        for name in self._arguments:
            if name not in self._functions and self._key(name) in state:
                found[name] = plain(state[self._key(name)])
        self._require(found)
        self._keep(found)
        for name in self._functions:
            if kept := state.get(self._key(name)):
                for function, its in zip(each(present[name]), each(kept), strict=True):
                    vars(function).update(its or {})

    def _shown(self) -> dict[str, Any]:
        """What torch's class keeps beside its arguments."""
        return {}

    def _understood(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """What a state of torch's says of the arguments, by their names here."""
        return {}


def require_optimizer(optimizer: Any) -> Optimizer:
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def progress(state: Mapping[str, Any], key: str) -> Any:
    """An entry of a state that has to be there."""
    if key not in state:
        raise ValueError(f"the state has no {key}")
    return state[key]


def held(function: Any) -> dict[str, Any] | None:
    """What a callable object of a class holds; None for a function."""
    plain_function = isinstance(function, FunctionType | MethodType)
    return None if plain_function or not hasattr(function, "__dict__") else dict(vars(function))


def each(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def plain(value: Any) -> Any:
    """An argument as Python's own numbers and lists, whatever holds them."""
    if type(value) in _FIXED:
        return value
    if isinstance(value, Counter):  # as torch's MultiStepLR keeps milestones
        return sorted(value.elements())
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, Iterable) and not isinstance(value, str) and not callable(value):
        return [*map(plain, value)]
    return value


def is_number(value: Any) -> bool:
    """Whether a value is a finite number."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; 3.0 is one."""
    return is_number(value) and float(value).is_integer()
