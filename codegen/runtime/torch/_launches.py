"""Updates by kernels: batches, kept from one step to the next, and a launch of each.

``updates``    works -> changes. Rows that no kernel takes, of another dtype or layout, are left to
               ``_plain``, and so are groups that are not fused.
``_gathered``  work -> batches of the rows that kernels take, and what keeps states made for them.
``_hold``      whether batches of an earlier step are all there is to update at this one: then
               nothing of the above is asked again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, compress
from operator import not_
from typing import Any, cast

import torch
from torch import Tensor

from . import _fused as fused
from . import _plain as plain
from . import _shards as shards
from ._batch import Batch, takes, takes_small
from ._launcher import Launcher, is_read_on_device
from ._numbers import Numbers
from ._options import option
from ._rows import alike, at, same
from ._rule import Change, Group, Rule, State, Work
from ._standing import Existing, Standing
from ._states import Store, adopt, make_missing, states_of
from ._tensors import PLAIN, arithmetic
from ._traits import Traits


@dataclass
class Kept:
    """The batches of a group, from one step to the next."""

    launchers: list[Launcher]
    odd: list[int]
    """The rows that no kernel takes."""
    count: int
    """Of all rows."""
    traits: Traits | None
    """Of parameters and gradients with which this was so."""


@dataclass
class Memory:
    """What an optimizer knows of the tensors of earlier steps, which later ones need not ask."""

    kept: dict[tuple[int, ...], Kept] = field(default_factory=dict)
    """By group and kind of shape."""
    fitting: dict[tuple[int, ...], list[Any]] = field(default_factory=dict)
    """Of a group and a kind of shape, its parameters and states that fit each other."""
    clipped: dict[Any, Any] = field(default_factory=dict)
    """What kernels that take norms of gradients know of their sizes."""
    known: dict[tuple[str, int], Traits] = field(default_factory=dict)
    """By stage and group, what parameters and gradients were."""
    seen: list[Tensor | State] = field(default_factory=list)
    """The parameters that had states when the batches were made, and these."""
    standing: list[Standing] = field(default_factory=list)
    """Of all groups, what the step before had to do; empty where this must be found out."""

    def traits(self, stage: str, group: Group, params: list[Tensor], grads: list[Tensor]) -> Traits:
        """What a group's parameters and gradients are; asked of each only if that is new."""
        key = stage, id(group)
        known = self.known.get(key)
        if known is None or not known.are_of(params, grads):
            known = self.known[key] = Traits(params, grads)
            known.remember(grads)
        return known

    def remember(self, groups: list[Group], works: list[list[Work]], traits: list[Traits]) -> None:
        """Keep what there was to do in groups, if a later step can have the same to do."""
        given = [self.known.get(("given", id(group))) for group in groups]
        if (
            same(traits, given)
            and all(x.are_plain and x.grads_are_plain for x in traits)
            and all(work.is_of_gradients_alone for work in chain(*works))
        ):
            self.standing = [*map(Standing, groups, traits, works)]

    def again(
        self, rule: Rule, groups: list[Group], existing: Existing, store: Store
    ) -> list[Change] | None:
        """What updates groups, if what there is to do is as at the step before; or None."""
        standing, self.standing = self.standing, []
        if not same(groups, [each.group for each in standing]):
            return None
        grads = [each.gradients(rule, existing) for each in standing]
        if None in grads:
            return None
        self.standing = standing
        how = [*zip(standing, cast("list[list[Tensor]]", grads), strict=True)]
        if changes := _again(rule, self, how, store):
            return changes
        works = chain.from_iterable(each.again(own) for each, own in how)
        return updates(rule, [*works], store, self)

    def look(self, store: Store) -> None:
        """Keep no batches where states were set, or taken away, since they were made."""
        seen = [*store, *store.values()]
        if not same(seen, self.seen):
            self.kept.clear()
            self.seen = seen


def check(rule: Rule, group: Group, devices: Iterable[torch.device]) -> None:
    """Raise RuntimeError if a group is to be fused, and cannot be on some devices."""
    if not option(group, "fused"):
        return
    if not rule.kernel:
        raise RuntimeError(
            f"{rule.name} has no fused implementation, because {rule.no_kernel}; leave `fused` at "
            "None"
        )
    for device in devices:
        if not fused.engine(device.type).has(rule.kernel):
            raise RuntimeError(
                f"{rule.name} has no fused implementation on {device.type}; leave `fused` at None"
            )


def _is_fused(rule: Rule, work: Work, memory: Memory) -> bool:
    """Whether kernels update a group: if it says so, or nothing and they can on its GPU."""
    if work.traits and work.traits.is_sparse:
        return False
    asked = option(work.group, "fused")
    if asked is not None or option(work.group, "foreach") is not None or not rule.kernel:
        return bool(asked)
    if rule.differentiable:
        return False
    return work.kind in memory.kept or are_for_kernels(rule, work.params)


def are_for_kernels(rule: Rule, params: list[Tensor]) -> bool:
    """Whether kernels update tensors without having been asked to."""
    return (
        all(p.is_cuda for p in params)
        and PLAIN.issuperset(map(type, shards.local(params)))
        and all(map(fused.is_ready, {p.device for p in params}))
        and fused.engine("cuda").has(rule.kernel)
    )


def updates(rule: Rule, works: list[Work], store: Store, memory: Memory) -> list[Change]:
    """What updates groups, by kernels where they are fused.

    Args:
        rule: the rule.
        works: of the groups.
        store: the optimizer's states, which changes alter, and nothing before.
        memory: of this optimizer.
    """
    are_fused = [_is_fused(rule, work, memory) for work in works]
    if any(are_fused):
        memory.look(store)
    changes: list[Change] = []
    for work in compress(works, are_fused):
        changes += _by_kernels(rule, work, store, memory)
    for work in compress(works, map(not_, are_fused)):
        changes += plain.updates(rule, work, store, memory.fitting)
    return changes


def _again(
    rule: Rule, memory: Memory, standing: list[tuple[Standing, list[Tensor]]], store: Store
) -> list[Change]:
    """What updates groups that stand, given their gradients, by the kernels of the step before.

    Nothing where not all of it is done by these, or a batch does not hold any more. All that a
    step of few tensors takes is what Python does here: so no work is made of what is known.
    """
    if not memory.kept:
        return []
    memory.look(store)
    changes: list[Change] = []
    for each, grads in standing:
        settings = each.settings(rule)
        for work, kind, rows in each.works:
            kept = memory.kept.get(kind)
            if kept is None or kept.odd or kept.traits is not work.traits:
                return []
            for launcher in kept.launchers:
                own = launcher.again(work, at(at(grads, rows), launcher.batch.rows), settings)
                if not own:
                    return []
                changes += own
    return changes


def _by_kernels(rule: Rule, work: Work, store: Store, memory: Memory) -> list[Change]:
    """What updates a fused group. Its batches are kept for as long as they hold."""
    group, params, kind = work.group, work.params, work.kind
    kept = memory.kept.pop(kind, None)
    changes: list[Change] = []
    if kept is None or not _hold(rule, kept, work, store):
        if option(group, "fused") is None and not are_for_kernels(rule, params):  # any more
            return plain.updates(rule, work, store, memory.fitting)
        batches, changes = _gathered(rule, work, store)
        taken = {row for batch in batches for row in batch.rows}
        odd = [row for row in range(len(params)) if row not in taken]
        launchers = [Launcher(rule, batch, work) for batch in batches]
        kept = Kept(launchers, odd, len(params), work.traits)
    for each in kept.launchers:
        changes += each.changes(work.part(each.batch.rows))
    if kept.odd:
        changes += plain.updates(rule, work.part(kept.odd), store, memory.fitting)
    if not any(each.batch.first for each in kept.launchers):
        memory.kept[kind] = kept
    return changes


def _hold(rule: Rule, kept: Kept, work: Work, store: Store) -> bool:
    """Whether batches of an earlier step are all there is to update at this one."""
    traits = work.traits
    are_alike = traits is not None and traits is kept.traits
    if not (
        kept.count == len(work.params)
        and not any(_is_taken(rule, work, i, store) for i in kept.odd)
        and all(each.holds(work, are_alike=are_alike) for each in kept.launchers)
    ):
        return False
    kept.traits = traits
    return True


def _gathered(rule: Rule, work: Work, store: Store) -> tuple[list[Batch], list[Change]]:
    """Batches of the rows that kernels take, and what keeps the states made for them."""
    group, initial, params, *_ = work
    kinds = alike((p.device, p.dtype) for p in params)
    check(rule, group, [device for device, _ in kinds])
    batches: list[Batch] = []
    changes: list[Change] = []
    for (device, _), rows in kinds.items():
        rows = [i for i in rows if _is_taken(rule, work, i, store)]
        if not rows:
            continue
        taken = [params[i] for i in rows]
        states = states_of(store, taken)
        firsts = make_missing(rule, group, initial, taken, states)
        if any(firsts):
            changes.append(partial(adopt, store, taken, states, firsts))
        keys = [key if key in initial else None for key in rule.tensor_states.values()]
        scalars = rule.scalar_keys & initial.keys()
        read = [] if is_read_on_device(group, device) else sorted(scalars)
        values = [Numbers([state[key] for state in states]).read() for key in read]
        for (first, *_), places in alike(zip(firsts, *values, strict=True)).items():
            own = at(rows, places), at(taken, places), at(states, places)
            beside = work.inputs.present
            batches.append(Batch(*own, keys, scalars, first=first, inputs=beside))
    return batches, changes


def _is_taken(rule: Rule, work: Work, i: int, store: Store) -> bool:
    """Whether a kernel can update a parameter, of which states may be yet to be made."""
    group, initial, p, grad = work.group, work.initial, work.params[i], work.grads[i]
    if rule.branches_on_steps and is_read_on_device(group, p.device):
        return False  # kernels are compiled for one branch, which the host must know
    engine = fused.engine(p.device.type)
    if p.dtype.to_real() not in engine.DTYPES:
        return False
    if engine.sees_lines(rule.kernel) and (p.is_complex() or not p.is_contiguous()):
        return False
    if rule.is_whole and not shards.are_plain([p, grad]):
        return False  # of what is reduced here are the terms of other ranks
    keys = set(rule.tensor_states.values()).intersection(initial)
    # One that is yet to be made will be as the parameter, or as its axes say.
    (states,) = states_of(store, [p])
    made = {key: x for key, x in states.items() if key in keys and x is not None}
    like = [x for key, x in made.items() if key not in rule.axes]
    beside = [x for x in work.inputs.row(i) if x is not None]
    given = [x for x in beside if isinstance(x, Tensor)]
    real = p.dtype.to_real()
    if len(given) < len(beside) and arithmetic(real) is not real:
        return False  # of what is drawn, halves would hold the first bits
    like += given
    small = [(x, rule.lengths(group, key, p.shape)) for key, x in made.items() if key in rule.axes]
    return takes(shards.local([p, grad, *like])) and takes_small(p, small)
