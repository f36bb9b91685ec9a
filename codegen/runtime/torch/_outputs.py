"""Outputs: what is made of parameters and states beside the steps, to look at or to evaluate.

``of_group`` computes an output of the parameters of a group, as new tensors. ``Swap`` puts such
tensors in the place of parameters, and what was there back: in their own memory, which whoever
holds a view of it, or its address, goes on to see.
"""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from . import _shards as shards
from ._rule import Group, Rule, State
from ._states import Store
from ._tensors import arithmetic, number, real

Function = Callable[..., Tensor]
"""Of a parameter, and by keyword of its states and of the scalars."""


def of_group(
    rule: Rule, function: Function, group: Group, store: Store, held: Mapping[Tensor, Tensor]
) -> dict[Tensor, Tensor]:
    """An output of each parameter of a group; the parameter itself, before its first step.

    Args:
        rule: the rule.
        function: of the output.
        group: the group.
        store: the optimizer's states.
        held: what parameters are that hold something else for now.
    """
    settings = {name: _settled(group[name]) for name in rule.arguments}
    found: dict[Tensor, Tensor] = {}
    for p in group["params"]:
        state: State = store.get(p, {})
        theta = held.get(p, p).detach()
        found[p] = theta.clone()
        if _has_begun(rule, state):
            is_local = rule.is_local(group)
            scalars = {name: number(state[key]) for name, key in _kept(rule.scalar_states, state)}
            scalars |= {"t": number(state[rule.step_key])} if rule.step_key else {}
            tensors = {name: state[key].detach() for name, key in _kept(rule.tensor_states, state)}
            (into, theta), tensors = _local(is_local, [found[p], theta], tensors)
            dtype = arithmetic(real(theta).dtype)
            wide = {name: real(x).to(dtype) for name, x in tensors.items()}
            real(into).copy_(function(real(theta).to(dtype), **wide, **scalars, **settings))
    return found


def _local(
    is_local: bool, tensors: list[Tensor], states: dict[str, Tensor]
) -> tuple[list[Tensor], dict[str, Tensor]]:
    if not is_local:
        return tensors, states
    return shards.local(tensors), shards.local_states([states])[0]


def _kept(keys: Mapping[str, str], state: State) -> list[tuple[str, str]]:
    return [(name, key) for name, key in keys.items() if state.get(key) is not None]


def _has_begun(rule: Rule, state: State) -> bool:
    if rule.step_key:
        return state.get(rule.step_key) is not None and number(state[rule.step_key]) > 0
    keys = {*rule.tensor_states.values(), *rule.scalar_states.values()}
    return not keys or any(state.get(key) is not None for key in keys)


def _settled(value: Any) -> Any:
    """Numbers, of what may be tensors of them."""
    if isinstance(value, tuple | list):
        return tuple(map(_settled, value))
    return value if isinstance(value, bool) else number(value)


class Swap:
    """Tensors in the place of parameters.

    Args:
        name: of the output that they are.
        values: by parameter.
    """

    def __init__(self, name: str, values: Mapping[Tensor, Tensor]) -> None:
        self.name, self.arguments = name, repr(name)
        self._values = values
        self.held = {p: p.detach().clone() for p in values}
        """What the parameters are."""

    def put(self) -> None:
        """Let the parameters hold the output."""
        _copy(self._values)

    def put_back(self) -> None:
        """Let them be what they were, to the bit."""
        _copy(self.held)


def _copy(values: Mapping[Tensor, Tensor]) -> None:
    with torch.no_grad():
        for p, value in values.items():
            p.copy_(value)
