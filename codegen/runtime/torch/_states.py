"""The states of parameters: those that lack are made, and scalar ones are counted and written.

A step makes states before it changes anything: ``make_missing`` gives them to dicts of its own,
``adopt`` gives those to the optimizer.
"""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from functools import partial
from itertools import compress
from typing import Any, TypeAlias

import torch
from torch import Tensor

from ._numbers import fill
from ._options import option
from ._rows import by_key
from ._rule import Change, Group, Rule, Start, State, Work
from ._tensors import number

Store: TypeAlias = MutableMapping[Tensor, State]
"""An optimizer's states."""


def states_of(store: Store, params: Iterable[Tensor]) -> list[State]:
    """What states there are."""
    none: State = {}
    return [store.get(p, none) for p in params]


def made(rule: Rule, works: Iterable[Work], store: Store) -> list[Change]:
    """What gives parameters the states that they lack."""
    changes: list[Change] = []
    for work in works:
        states = states_of(store, work.params)
        firsts = make_missing(rule, work.group, work.initial, work.params, states)
        changes.append(partial(adopt, store, work.params, states, firsts))
    return changes


def make_missing(
    rule: Rule,
    group: Group,
    initial: Mapping[str, Start],
    params: list[Tensor],
    states: list[State],
) -> list[bool]:
    """Make the states that do not exist yet; of each parameter, whether any was made.

    Those of a parameter are replaced in the list: the optimizer's own stay as they are, until
    ``adopt`` gives it what was made.
    """
    firsts = [False] * len(params)
    for key, start in initial.items():
        missing = [i for i, kept in enumerate(states) if kept.get(key) is None]
        of = [params[i] for i in missing]
        if isinstance(start, str):  # a rate can be a tensor, which compares otherwise
            made = [(p if rule.differentiable else p.detach()).clone() for p in of]
        elif rule.differentiable and isinstance(start, Tensor):
            is_scalar = key in rule.scalar_keys
            made = [_seen(rule, key, start, p, group, is_scalar=is_scalar) for p in of]
        elif key in rule.scalar_keys:
            made = scalars_made(of, [number(start)] * len(of), group)
        else:
            fill = number(start)
            made = [_made(rule, key, p, fill, group) for p in of]
        for i, tensor in zip(missing, made, strict=True):
            firsts[i] = True
            states[i] = states[i] | {key: tensor}
    return firsts


def _seen(
    rule: Rule, key: str, start: Tensor, p: Tensor, group: Group, *, is_scalar: bool
) -> Tensor:
    """A state that starts as a number, through which autograd sees that."""
    number = start.to(torch.float64).reshape(())
    if is_scalar:
        return number.to(p.device if option(group, "capturable") else "cpu", copy=True)
    return _made(rule, key, p, 1.0, group) * number.to(p.device, p.dtype.to_real())


def _made(rule: Rule, key: str, p: Tensor, fill: float, group: Group) -> Tensor:
    """A new state of one number; of complex parameters it is complex, but for what is reduced."""
    if key not in rule.axes:
        return torch.full_like(p, complex(fill, fill) if p.is_complex() else fill)
    return p.new_full(rule.lengths(group, key, p.shape), fill, dtype=p.dtype.to_real())


def adopt(store: Store, params: list[Tensor], states: list[State], firsts: list[bool]) -> None:
    """Keep states that were made."""
    for i in compress(range(len(params)), firsts):
        own = store[params[i]]
        own |= states[i]
        states[i] = own


def scalars_made(params: list[Tensor], values: Sequence[float], group: Group) -> list[Tensor]:
    """0-d tensors with these values, in float64: float32 cannot count beyond 2**24.

    They lie in a row, so that they can be read and written together.
    """
    dtype = torch.float64
    host = torch.device("cpu")

    def on(device: torch.device, rows: list[int]) -> Iterable[Tensor]:
        vector = torch.full((len(rows),), values[rows[0]], dtype=dtype, device=device)
        if any(values[i] != values[rows[0]] for i in rows):
            vector.copy_(torch.tensor([values[i] for i in rows], dtype=dtype))
        return vector.unbind()

    return by_key((p.device if option(group, "capturable") else host for p in params), on)


def remake_scalars(rule: Rule, group: Group, store: Store) -> None:
    """Put scalar states of ours in the place of numbers, and of tensors that torch would make."""
    params = [p for p in group["params"] if p in store]
    for key in rule.scalar_keys:
        plain = [p for p in params if _is_to_be_made(store[p].get(key))]
        values = [float(store[p][key]) for p in plain]
        for p, made in zip(plain, scalars_made(plain, values, group), strict=True):
            store[p][key] = made


def count(states: list[State], key: str, *, on_device: bool) -> None:
    """Count a step of each tensor."""
    counts = [state[key] for state in states]
    if on_device:
        torch._foreach_add_(counts, 1)
    else:  # a number would be made a tensor for each count anew
        torch._foreach_add_(counts, torch.ones((), dtype=torch.float64, device="cpu"), alpha=1)


def write(
    states: Iterable[State],
    values: Mapping[str, Any],
    initial: Iterable[str],
    *,
    differentiable: bool = False,
) -> None:
    """Keep new values of the scalar states that exist; themselves, if autograd has seen them."""
    for key in values.keys() & initial:
        if differentiable:
            for state in states:
                state[key] = values[key]
        else:
            fill([state[key] for state in states], values[key])


def _is_to_be_made(scalar: Any) -> bool:
    if isinstance(scalar, Tensor):
        return scalar.dtype != torch.float64
    return isinstance(scalar, float | int)
