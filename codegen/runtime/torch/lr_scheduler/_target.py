"""What a scheduler sets in the groups of an optimizer: the learning rate, or any other number.

A target is found in a group by its name, ``weight_decay``, or as one of several numbers,
``betas[1]``. Everything a scheduler does goes through it (:meth:`Target.of`, :meth:`Target.put`),
so the rate is a target like others: side by side, set by hand, saved and resumed. What a number
was before any scheduler stands in the group, ``initial_weight_decay``, as ``initial_lr`` does.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Real
from typing import Any

from torch import Tensor
from torch.optim import Optimizer

_NAME = re.compile(r"(\w+)(?:\[(\d+)\])?")


@dataclass(frozen=True)
class Target:
    """A number of each group: a key, and its place where several numbers stand there."""

    key: str
    index: int | None = None

    @property
    def name(self) -> str:
        """As it is given by a user."""
        return self.key if self.index is None else f"{self.key}[{self.index}]"

    @property
    def is_rate(self) -> bool:
        return self.name == "lr"

    @property
    def initial(self) -> str:
        """The key of what it was before any scheduler."""
        return f"initial_{self.name}"

    def of(self, group: dict[str, Any]) -> Any:
        """The number, or the tensor of one, in a group."""
        return group[self.key] if self.index is None else group[self.key][self.index]

    def put(self, group: dict[str, Any], value: Any) -> None:
        """Set it: a number in its place, a tensor by filling it, so that it stays the one it is."""
        present = self.of(group)
        self.replace(group, present.fill_(value) if isinstance(present, Tensor) else value)

    def replace(self, group: dict[str, Any], value: Any) -> None:
        """Put another object in its place."""
        if self.index is None:
            group[self.key] = value
        else:
            several = group[self.key]
            group[self.key] = (*several[: self.index], value, *several[self.index + 1 :])

    @contextmanager
    def as_rate(self, optimizer: Optimizer, *, resumes: bool) -> Iterator[None]:
        """Let torch's base class, which reads ``initial_lr`` as it is made, find this one there.

        Raises:
            KeyError: it resumes, and a group does not have what it was before.
        """
        groups = optimizer.param_groups
        if self.is_rate:
            yield
            return
        for index, group in enumerate(groups):
            if not resumes:
                group.setdefault(self.initial, float(self.of(group)))
            elif self.initial not in group:
                raise KeyError(f"last_epoch is given, and group {index} has no {self.initial}")
        before = [group.get("initial_lr") for group in groups]
        for group in groups:
            group["initial_lr"] = group[self.initial]
        try:
            yield
        finally:
            for group, rate in zip(groups, before, strict=True):
                if rate is None:
                    del group["initial_lr"]
                else:
                    group["initial_lr"] = rate


def target_of(optimizer: Optimizer, name: Any) -> Target:
    """A target by its name, which every group of the optimizer must have.

    Raises:
        ValueError: a group has no number of this name.
    """
    match = _NAME.fullmatch(name) if isinstance(name, str) else None
    target = Target(match[1], int(match[2]) if match[2] else None) if match else None
    for group in optimizer.param_groups:
        known = [each.name for each in _numbers(group)]
        if target is None or target.name not in known:
            raise ValueError(
                f"target must be a number of the groups, one of {', '.join(known)}; got {name!r}"
                + _why(target, group)
            )
    assert target is not None
    return target


def require_same(target: Target, state: Mapping[str, Any]) -> None:
    """Raise ValueError for a state of a scheduler that sets something else."""
    kept = state.get("target", "lr")
    if kept != target.name:
        raise ValueError(f"a state of a scheduler of {kept}, not of {target.name}")


def _numbers(group: dict[str, Any]) -> Iterator[Target]:
    """Every number in a group that is the rule's, and not a scheduler's own."""
    for key, value in group.items():
        if key == "params" or key.startswith("initial_"):
            continue
        if _is_number(value):
            yield Target(key)
        elif isinstance(value, tuple | list):
            yield from (Target(key, i) for i, x in enumerate(value) if _is_number(x))


def _is_number(value: Any) -> bool:
    if isinstance(value, Tensor):
        return value.numel() == 1 and value.is_floating_point()
    return isinstance(value, Real) and not isinstance(value, bool)


def _why(target: Target | None, group: dict[str, Any]) -> str:
    """What stands there in place of a number."""
    value = None if target is None else group.get(target.key)
    if isinstance(value, bool):
        return ", which is on or off"
    if isinstance(value, tuple | list):
        return f", of which there are {len(value)}"
    return ""
