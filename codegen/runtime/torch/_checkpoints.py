"""What a checkpoint must hold, and what is taken of it. All is looked at before anything changes.

States are kept as torch keeps them, and so are those that a user added under keys of their own.
What this class has and a checkpoint does not say, since it is torch's or of another version, stays
as it is.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, TypeAlias, cast

import torch
from torch import Tensor

from ._clipping import TRANSFORMS
from ._shards import as_placed
from ._tensors import is_of_kind

StateDict: TypeAlias = dict[str, Any]
Group: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Keys:
    """What a rule keeps for each parameter.

    Args:
        rule: its name.
        step: the key of the step count; empty where none is kept.
        scalars: the keys of scalar states, and of the step count.
        tensors: the keys of states of the parameter's shape.
        optional: those that depend on an option, or on the parameter's shape.
        reduced: those whose shape is not that of their parameter.
        lengths: the shape of a state, by group, key and the shape of the parameter.
        shared: the keys of states that are one for all parameters, which groups have.
    """

    rule: str
    step: str
    scalars: frozenset[str]
    tensors: frozenset[str]
    optional: frozenset[str]
    reduced: frozenset[str]
    lengths: Callable[[Any, str, Sequence[int]], tuple[int, ...]]
    shared: frozenset[str] = frozenset()


def taken(
    saved: Mapping[str, Any], groups: Sequence[Group], keys: Keys, names: Collection[str]
) -> StateDict:
    """A checkpoint with copies of its states, scalars among them as Python numbers.

    torch would cast scalars to the dtype of their parameter, and share all others.

    Args:
        saved: the checkpoint, which is left as it is.
        groups: the optimizer's.
        keys: what the rule keeps.
        names: the entries of a group that stay as they are where a saved group has none.

    Raises:
        ValueError: it is none, or a state cannot be this rule's.
    """
    require_one(saved)
    states = dict(saved["state"])
    has_states = any(_kept(state) for state in states.values())
    filled = [
        _filled(_with_shared(group, keys, has_states=has_states), present, names)
        for group, present in zip(saved["param_groups"], groups, strict=False)
    ]
    indices = ((group, index) for group in filled for index in group["params"])
    params = (p for group in groups for p in group["params"])
    for (group, index), p in zip(indices, params, strict=False):  # torch checks that they fit
        state = _kept(states.get(index, {}))
        if state:
            states[index] = _state(state, p, keys, f"parameter {index!r}", group)
        else:  # as torch saves a buffer that was never needed
            states.pop(index, None)
    rest = list(saved["param_groups"])[len(filled) :]
    return {**saved, "state": states, "param_groups": [*filled, *rest]}


def require_one(saved: Mapping[str, Any]) -> None:
    """Raise ValueError unless it is a checkpoint of an optimizer."""
    if not {"state", "param_groups"} <= saved.keys():
        raise ValueError(
            "a checkpoint of an optimizer has 'state' and 'param_groups', this one has "
            f"{[*saved]}; pass what `state_dict()` of an optimizer gave"
        )


def _kept(state: Mapping[str, Any]) -> dict[str, Any]:
    """What there is of a state."""
    return {key: x for key, x in state.items() if x is not None}


def _with_shared(group: Group, keys: Keys, *, has_states: bool) -> Group:
    """A saved group, whose numbers for all parameters are looked at."""
    needed = keys.shared - keys.optional
    if has_states and (lacking := sorted(needed - group.keys())):
        raise ValueError(
            f"a group lacks {', '.join(map(repr, lacking))}, and {keys.rule} keeps "
            f"{sorted(keys.shared)} for all parameters together"
        )
    for key in keys.shared & group.keys():
        _number(key, group[key], "a group")
    return group


def _filled(saved: Group, present: Group, names: Collection[str]) -> dict[str, Any]:
    """A saved group with what it does not say; but a limit of gradients has no other beside it."""
    has_limit = any(saved.get(name) is not None for name in TRANSFORMS)
    kept = {
        name: present[name]
        for name in names
        if name in present and not (has_limit and name in TRANSFORMS)
    }
    return kept | dict(saved)


def _state(
    state: Mapping[str, Any], p: Tensor, keys: Keys, whose: str, group: Group
) -> dict[str, Any]:
    needed = (keys.scalars | keys.tensors) - keys.optional
    if lacking := sorted(needed - state.keys()):
        raise ValueError(
            f"{whose} has states {sorted(state)}, but lacks {', '.join(map(repr, lacking))}: "
            f"{keys.rule} keeps {sorted(keys.scalars | keys.tensors)}"
        )
    return {key: _value(key, x, p, keys, whose, group) for key, x in state.items()}


def _value(key: str, x: Any, p: Tensor, keys: Keys, whose: str, group: Group) -> Any:
    if key == keys.step:
        count = _number(key, x, whose)
        if not (count >= 0 and count.is_integer()):
            raise ValueError(f"{key!r} of {whose} must be a count of steps, got {x!r}")
        return count
    if key in keys.scalars:
        return _number(key, x, whose)
    if key not in keys.tensors:
        return x
    is_reduced, wanted = key in keys.reduced, keys.lengths(group, key, p.shape)
    if not isinstance(x, Tensor) or x.shape != wanted:
        got = f"a tensor of shape {tuple(x.shape)}" if isinstance(x, Tensor) else repr(x)
        shape = f"shape {wanted}" if is_reduced else f"the parameter's shape, {wanted}"
        raise ValueError(f"{key!r} of {whose} must be a tensor of {shape}, got {got}")
    if not (x.is_floating_point() if is_reduced else is_of_kind(x, p)):
        raise ValueError(f"{key!r} of {whose}, which is of {p.dtype}, cannot be of {x.dtype}")
    return as_placed(x.detach().to(p.device, copy=True), p)


def _number(key: str, x: Any, whose: str) -> float:
    """A number, or a tensor of one, as a Python float."""
    if isinstance(x, Tensor) and x.numel() == 1 and x.dtype is not torch.bool:
        x = cast(Any, x.item())
    try:
        value = float(x) if isinstance(x, Real) and not isinstance(x, bool) else math.nan
    except OverflowError:  # an int of hundreds of digits
        value = math.nan
    if math.isnan(value):
        raise ValueError(f"{key!r} of {whose} must be a number, got {x!r}")
    return value
