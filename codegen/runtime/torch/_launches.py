"""Updates by kernels: batches, kept from one step to the next, and a launch of each.

``updates``    work -> changes. Rows that no kernel takes, of another dtype or layout, are left to
               ``_plain``.
``_gathered``  work -> batches of the rows that kernels take, and what keeps states made for them.
``_hold``      whether batches of an earlier step are all there is to update at this one: then
               nothing of the above is asked again.
``_launch_of`` a batch -> its launch, and what then writes its scalar states.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from . import _fused as fused
from . import _inputs as inputs
from . import _plain as plain
from . import _shards as shards
from ._batch import Batch, takes, takes_small
from ._numbers import Numbers
from ._options import option
from ._rows import alike, at, same
from ._rule import Change, Group, Rule, State, Work
from ._states import Store, adopt, make_missing, states_of
from ._tensors import PLAIN, arithmetic, live, number, require_range
from ._traits import Traits


@dataclass
class Kept:
    """The batches of a group, from one step to the next."""

    batches: list[Batch]
    odd: list[int]
    """The rows that no kernel takes."""
    traits: Traits | None
    """Of parameters and gradients with which this was so."""


@dataclass
class Memory:
    """What an optimizer knows of the tensors of earlier steps, which later ones need not ask."""

    kept: dict[tuple[int, ...], Kept] = field(default_factory=dict)
    """By group and kind of shape."""
    fitting: dict[tuple[int, ...], list[Any]] = field(default_factory=dict)
    """Of a group and a kind of shape, its parameters and states that fit each other."""
    known: dict[tuple[str, int], Traits] = field(default_factory=dict)
    """By stage and group, what parameters and gradients were."""
    seen: tuple[list[Tensor], list[State]] = field(default_factory=lambda: ([], []))
    """The parameters that had states when the batches were made, and these."""

    def traits(self, stage: str, group: Group, params: list[Tensor], grads: list[Tensor]) -> Traits:
        """What a group's parameters and gradients are; asked of each only if that is new."""
        key = stage, id(group)
        known = self.known.get(key)
        if known is None or not known.are_of(params, grads):
            known = self.known[key] = Traits(params, grads)
            known.remember(grads)
        return known

    def look(self, store: Store) -> None:
        """Keep no batches where states were set, or taken away, since they were made."""
        owners, states = [*store], [*store.values()]
        if not (same(owners, self.seen[0]) and same(states, self.seen[1])):
            self.kept.clear()
            self.seen = owners, states


def check(rule: Rule, group: Group, devices: Iterable[torch.device]) -> None:
    """Raise RuntimeError if a group is to be fused, and cannot be on some devices."""
    if not option(group, "fused"):
        return
    if not rule.kernel:
        raise RuntimeError(
            f"{rule.name} has no fused implementation, because its rule works on "
            "whole tensors; leave `fused` at None"
        )
    for device in devices:
        if not fused.engine(device.type).has(rule.kernel):
            raise RuntimeError(
                f"{rule.name} has no fused implementation on {device.type}; leave `fused` at None"
            )


def is_fused(rule: Rule, work: Work, memory: Memory) -> bool:
    """Whether kernels update a group: if it says so, or nothing and they can on its GPU."""
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


def updates(rule: Rule, work: Work, store: Store, memory: Memory) -> list[Change]:
    """What updates a fused group. Its batches are kept for as long as they hold.

    Args:
        rule: the rule.
        work: of the group.
        store: the optimizer's states, which changes alter, and nothing before.
        memory: of this optimizer, which has looked at them.
    """
    group, _, params, *_ = work
    kept = memory.kept.pop(work.kind, None)
    changes: list[Change] = []
    if kept is None or not _hold(rule, kept, work, store):
        if option(group, "fused") is None and not are_for_kernels(rule, params):  # any more
            return plain.updates(rule, work, store, memory.fitting)
        batches, changes = _gathered(rule, work, store)
        taken = {row for batch in batches for row in batch.rows}
        odd = [row for row in range(len(params)) if row not in taken]
        kept = Kept(batches, odd, work.traits)
    for batch in kept.batches:
        changes += _launch_of(rule, batch, work.part(batch.rows))
    if kept.odd:
        changes += plain.updates(rule, work.part(kept.odd), store, memory.fitting)
    if not any(batch.first for batch in kept.batches):
        memory.kept[work.kind] = kept
    return changes


def _hold(rule: Rule, kept: Kept, work: Work, store: Store) -> bool:
    """Whether batches of an earlier step are all there is to update at this one."""
    group, initial, params, grads, *_ = work
    traits = work.traits
    are_alike = traits is not None and traits is kept.traits
    # Else what they hold is asked as well.
    are_plain = are_alike and traits is not None and traits.are_plain
    if sum(len(batch.rows) for batch in kept.batches) + len(kept.odd) != len(params):
        return False
    if any(_is_taken(rule, work, i, store) for i in kept.odd):
        return False
    for batch in kept.batches:
        rows = batch.rows
        if not (
            batch.keys == initial.keys()
            and batch.inputs == work.inputs.present
            and all(c is None or batch.takes(at(c, rows)) for c in work.inputs.given)
            and batch.holds(at(params, rows), are_alike=are_plain)
            and (are_alike or batch.takes(at(grads, rows)))
            and (_is_read_on_device(group, batch.device) or batch.is_uniform())
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
        read = [] if _is_read_on_device(group, device) else sorted(scalars)
        values = [Numbers([state[key] for state in states]).read() for key in read]
        for (first, *_), places in alike(zip(firsts, *values, strict=True)).items():
            own = at(rows, places), at(taken, places), at(states, places)
            beside = work.inputs.present
            batches.append(Batch(*own, keys, scalars, first=first, inputs=beside))
    return batches, changes


def _is_taken(rule: Rule, work: Work, i: int, store: Store) -> bool:
    """Whether a kernel can update a parameter, of which states may be yet to be made."""
    group, initial, p, grad = work.group, work.initial, work.params[i], work.grads[i]
    if rule.branches_on_steps and _is_read_on_device(group, p.device):
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


def _launch_of(rule: Rule, batch: Batch, work: Work) -> list[Change]:
    """The launch of a batch, and what keeps its new scalar states.

    A CUDA graph is to read scalars anew at every replay: then they are vectors on the device,
    a number a tensor.
    """
    group, _, params, grads, clip, *_ = work
    on_device = _is_read_on_device(group, batch.device)
    kept = {
        key: numbers.vector() if on_device else number(numbers.tensors[0])
        for key, numbers in batch.numbers.items()
    }
    scalars = {name: kept.get(key, 0.0) for name, key in rule.scalar_states.items()}
    if rule.step_key:
        scalars["t"] = kept[rule.step_key] = kept[rule.step_key] + 1
    else:
        scalars["first"] = batch.first
    settings = {name: (live if on_device else number)(group[name]) for name in rule.arguments}
    if on_device:
        settings |= inputs.on_device(work.inputs, batch.device)
    else:
        settings |= inputs.as_numbers(work.inputs)
    step, new = rule.step(scalars | settings | dict(work.known))
    given = vars(step)
    if not on_device:
        require_range(given, params[0].dtype)
    kept |= new
    engine = fused.engine(batch.device.type)
    engine.require(rule.kernel, rule.fingerprint)
    columns = work.inputs.for_kernels(scalars.get("t"))
    by_lines = engine.sees_lines(rule.kernel)
    shapes = [work.view.of(p.shape) for p in params] if by_lines else ()
    launch = engine.prepare(rule.kernel, batch, grads, given, clip, columns, shapes)
    return [
        partial(_launch, launch, grads, columns),
        # Once all is done.
        *(partial(numbers.fill, kept[key]) for key, numbers in batch.numbers.items()),
    ]


def _launch(launch: Callable[[], None], _grads: list[Tensor], _inputs: Any) -> None:
    """Launch what has the addresses of gradients that nobody else may hold: sums just received."""
    launch()


def _is_read_on_device(group: Group, device: torch.device) -> bool:
    """Whether scalars are read there, by a kernel, and never by the host."""
    return option(group, "capturable") and device.type == "cuda"
