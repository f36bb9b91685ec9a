"""What a step with turns begins with: what groups hold that is one for all, and agree on.

``start``    a new group is given what is one for all.
``given``    groups -> the values of it that a step takes.
``changes``  what groups have to do -> the one change in which all tensors take turns.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from . import _inputs as inputs_given
from . import _over_ranks as over_ranks
from . import _plain as plain
from . import _together as together
from ._rule import Change, Group, Rule, Start, Work
from ._scalars import Step
from ._states import Store
from ._tensors import live, number
from ._turns import on_device, require_agreement, values

Existing = Callable[[Group], Mapping[str, Start]]
"""What states of a group start as that exist and are one for all tensors, by name."""


def start(rule: Rule, group: Group, groups: Sequence[Group], existing: Existing) -> None:
    """Give a group what is one for all tensors: what others have, or what it starts as."""
    for name, first in existing(group).items():
        key = rule.turns.states[name]
        others = (other[key] for other in groups if key in other)
        group.setdefault(key, next(others, first if rule.differentiable else float(number(first))))


def given(
    rule: Rule, groups: Sequence[Group], every: Sequence[Group], existing: Existing
) -> dict[str, Any]:
    """What states hold that are one for all tensors, as a step takes it: live, or numbers.

    Args:
        rule: the rule.
        groups: those that have gradients.
        every: all groups.
        existing: which states there are.

    Raises:
        ValueError: groups differ in it, or in what it depends on; or it is no number.
    """
    if not rule.turns:
        return {}
    require_agreement(rule.turns, rule.name, groups)
    starts = existing((groups or every)[0])
    held = values(rule.turns, rule.name, every)
    found = {name: held.get(name, first) for name, first in starts.items()}
    if rule.differentiable:
        return {name: live(x) for name, x in found.items()}
    if not on_device(every):
        return {name: float(number(x)) for name, x in found.items()}
    device = every[0]["params"][0].device
    how = {"dtype": torch.float64, "device": device}
    return {
        n: live(x) if isinstance(x, Tensor) else torch.tensor(x, **how) for n, x in found.items()
    }


def changes(
    rule: Rule,
    works: Sequence[Work],
    shared: Mapping[str, Any],
    groups: Sequence[Group],
    store: Store,
    fitting: dict[tuple[int, ...], list[Any]],
) -> list[Change]:
    """The step of all tensors, as one change.

    Args:
        rule: the rule.
        works: of groups that have gradients.
        shared: what states hold that are one for all tensors, by name.
        groups: all groups.
        store: the states of parameters.
        fitting: what was found to fit at an earlier step.

    Raises:
        RuntimeError, ValueError: as updates without turns do; or ranks cannot know the totals.
    """
    every = [p for group in groups for p in group["params"]]
    cut = over_ranks.cuts(every) if all(map(rule.is_local, groups)) else {}
    over_ranks.require_one_set(rule.name, cut)
    if not (works or cut):
        return []
    known = dict.fromkeys(rule.turns.states, 0.0) | dict(shared)
    works = [work._replace(shared=known) for work in works]
    begin: list[Change] = [partial(_keep, rule, shared, groups)]
    for work in works:
        begin += plain.updates(rule, work, store, fitting)
    group = works[0].group if works else groups[0]
    params = [p for work in works for p in work.params]
    first = not any(store.get(p) for p in params)
    once = partial(_shared_step, rule, group, known, works, store, first=first)
    return [partial(together.run, rule, begin, once, cut, params, groups)]


def _keep(rule: Rule, shared: Mapping[str, Any], groups: Sequence[Group]) -> None:
    """Let groups have what is one for all, as it is written at the end of a step."""
    for name, x in shared.items():
        for group in groups:
            present = group.get(rule.turns.states[name])
            if not (isinstance(present, Tensor) and isinstance(x, Tensor)):
                group[rule.turns.states[name]] = x


def _shared_step(
    rule: Rule,
    group: Group,
    shared: Mapping[str, Any],
    works: Sequence[Work],
    store: Store,
    *,
    first: bool,
) -> Step[Any]:
    """The step of what is one for all: by the first group, and the largest count of steps.

    Where none is kept, it is the first one if no parameter has states.
    """
    is_live = rule.differentiable or on_device([group])
    read = live if is_live else number
    scalars: dict[str, Any] = {name: read(group[name]) for name in rule.arguments}
    scalars |= dict.fromkeys(rule.scalar_states, 0.0) | dict(shared)
    if works:
        scalars |= works[0].known
        inputs, device = works[0].inputs, works[0].params[0].device
        scalars |= (
            inputs_given.on_device(inputs, device) if is_live else inputs_given.as_numbers(inputs)
        )
    if rule.step_key:
        counts = [store[p][rule.step_key] for work in works for p in work.params]
        device = counts[0].device if counts else None
        most = torch.stack([x.to(device) for x in counts]).amax() if counts else 1.0
        scalars["t"] = read(most)
    else:
        scalars["first"] = first
    return rule.step(scalars)[0]
