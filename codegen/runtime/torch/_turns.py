"""What a rule has for all tensors together: totals over them, and what is made of these.

A step then has turns. ``_loop`` and ``_foreach`` are generators: they hand over the parts that
their tensors have in the totals of a turn, and go on when those are known. Between two turns
``_shared`` computes what is one for all, and ``_own`` the scalars of each step that depend on it.
Both are generators too, which yield where they wait for totals, and find all in the step they are
given, and leave all there.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from torch import Tensor

from ._options import option
from ._scalars import Step
from ._tensors import has_numbers, number

Group: TypeAlias = dict[str, Any]
Values: TypeAlias = Mapping[str, Any]
"""Of what is one for all tensors, by the name of the state."""


@dataclass(frozen=True)
class Turns:
    """The part of a rule that is for all tensors together.

    Args:
        states: name to key; they are kept in every group, and the same in each.
        new: name to the name of the new value in a step.
        totals: of each turn, what comes together by name, and how: ``"total"``, ``"norm"`` or
            ``"amax"``.
        agreed: the hyperparameters and options that such states depend on, each with the argument
            it is found in and its place if that is a tuple.
        sums_elements: whether the rule is of single elements but for totals over all of them.
        shared: computes what is one for all.
        own: computes the scalars of a step that depend on it.
    """

    states: Mapping[str, str]
    new: Mapping[str, str]
    totals: Sequence[Mapping[str, str]]
    agreed: Mapping[str, tuple[str, int | None]]
    sums_elements: bool
    shared: Callable[[Step[Any]], Iterator[None]]
    own: Callable[[Step[Any]], Iterator[None]]

    def __bool__(self) -> bool:
        return bool(self.states or self.totals)


def values(turns: Turns, rule: str, groups: Sequence[Group]) -> dict[str, Any]:
    """What the states that are one for all tensors hold, as the groups have them.

    Raises:
        ValueError: one is no number, or groups differ in it.
    """
    found: dict[str, Any] = {}
    for name, key in turns.states.items():
        held = [group[key] for group in groups if key in group]
        for value in held:
            _require_number(rule, key, value)
        if not _are_same(held):
            raise ValueError(
                f"{rule} keeps one {key!r} for all parameters, and its groups have "
                f"{_listed(held)}; set it in all of them"
            )
        found |= {name: held[0]} if held else {}
    return found


def require_agreement(turns: Turns, rule: str, groups: Sequence[Group]) -> None:
    """Refuse groups that differ in what states depend on that are one for all tensors.

    Tensors on a device are not read, as that would wait for it.

    Raises:
        ValueError: they do.
    """
    for argument, place in turns.agreed.values():
        held = [g[argument] if place is None else g[argument][place] for g in groups]
        if not _are_same(held):
            label = argument if place is None else f"{argument}[{place}]"
            raise ValueError(
                f"{rule} makes numbers of the parameters of all groups, which depend on {label}, "
                f"and its groups have {_listed(held)}; give all of them one"
            )


def on_device(groups: Iterable[Group]) -> bool:
    """Whether what is one for all must not be waited for, or cannot be read."""
    return any(
        option(group, "capturable") or not all(map(has_numbers, group["params"]))
        for group in groups
    )


def _require_number(rule: str, key: str, value: Any) -> None:
    is_one = isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_one or is_number):
        what = f"a tensor of shape {tuple(value.shape)}" if isinstance(value, Tensor) else value
        raise ValueError(f"{key!r} of a group of {rule} must be a number, got {what!r}")


def _are_same(held: Sequence[Any]) -> bool:
    first = held[0] if held else None
    return all(x is first or _unread(x) or _unread(first) or _equal(x, first) for x in held[1:])


def _unread(x: Any) -> bool:
    return isinstance(x, Tensor) and not (x.is_cpu and has_numbers(x))


def _equal(x: Any, y: Any) -> bool:
    a, b = number(x), number(y)
    return a == b or (a != a and b != b)


def _listed(held: Sequence[Any]) -> str:
    return " and ".join(dict.fromkeys(str(number(x)) for x in held))
