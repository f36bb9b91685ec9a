"""Updates by torch's own operations: of several tensors by one call each, or one by one.

``updates``   work -> changes, in order: states adopted, steps counted, parameters updated, scalar
              states written. Scalars are computed before anything changes, each kind of rows once.
``together``  one call of the rule's ``foreach`` for rows of one kind, whose scalars are the same
              Python numbers.
``_one``      the rule's ``loop`` for one tensor. What is left to it: what autograd or a CUDA graph
              is to see, whose scalars are tensors and computed as it runs; sparse gradients, of
              which it sees the rows they name; and other classes than torch's own.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from . import _inputs as given
from . import _random as drawn
from . import _shards as shards
from . import _sparse as sparse
from . import _views as views
from ._fitting import found, require_beside, require_fitting
from ._options import option
from ._rows import alike, at, pieces, same
from ._rule import Change, Rule, Start, State, Work
from ._scalars import Step
from ._shapes import LAST_TWO, View
from ._stacks import Stacks
from ._states import Store, adopt, count, make_missing, states_of, write
from ._tensors import (
    Tensors,
    arithmetic,
    in_dtype,
    live,
    number,
    real,
    reals,
    require_range,
)
from ._together import Running, looped_in_turns, unknown_flag
from ._traits import Traits

_CPU_PIECE = 2**17
"""Elements updated by one call on the CPU: few enough to stay in its cache between passes.

Measured: within a tenth of the best from 2**16 to 2**18, and nearly twice as fast as all at once.
"""
_PIECE = 2**26
"""The same on other devices: enough to outweigh launching, few enough for the temporaries."""


def updates(
    rule: Rule, work: Work, store: Store, known: dict[tuple[int, ...], list[Any]]
) -> list[Change]:
    """What updates the parameters of a group that have a gradient.

    Args:
        rule: the rule.
        work: of a group.
        store: the optimizer's states, which changes alter, and nothing before.
        known: by group and kind of shape, what was found to fit at an earlier step; replaced by
            what is now.

    Raises:
        RuntimeError: autograd is to see a step of leaves, or a gradient is not where its
            parameter is.
        ValueError: a state does not fit its parameter, or a scalar is beyond a dtype's range.
    """
    group, initial, params, grads, _, traits, *_ = work
    traits = traits or Traits(params, grads)
    if rule.differentiable and any(p.is_leaf and p.requires_grad for p in params):
        raise RuntimeError("`differentiable` needs parameters that are no leaves of the graph")
    states = states_of(store, params) if initial else [{} for _ in params]
    fitting, firsts = found(params, states, initial), [False] * len(params)
    kind = work.kind
    if fitting is None or not same(fitting, known.get(kind, ())):
        firsts = make_missing(rule, group, initial, params, states)
        require_fitting(params, states, initial, rule, group)
        fitting = found(params, states, initial)
    known[kind] = fitting or []
    changes: list[Change] = []
    if any(firsts):
        changes.append(partial(adopt, store, params, states, firsts))
    if rule.step_key:
        on_device = option(group, "capturable")
        changes.append(partial(count, states, rule.step_key, on_device=on_device))
    if not (traits.are_plain or shards.are_plain(params)) and rule.is_local(group):
        if rule.gathers and shards.are_any(params):
            return changes + _one_by_one(rule, work, states, firsts)
        work = work._replace(params=shards.local(params))
        states = shards.local_states(states)
        traits = Traits(work.params, grads)
    if option(group, "capturable") or rule.differentiable or traits.are_fake:
        require_beside(work.params, grads)
        return [*changes, partial(_on_device, rule, work, states, firsts)]
    is_by_one = not traits.are_plain and (
        shards.are_any(work.params) or not option(group, "foreach")
    )
    if is_by_one or traits.is_sparse:
        return changes + _one_by_one(rule, work, states, firsts)
    return changes + _by_kinds(rule, work, traits, states, firsts)


def _scalars(
    rule: Rule, states: list[State], firsts: list[bool], initial: dict[str, Start]
) -> tuple[list[str], list[list[Any]]]:
    """The names of what a step takes beside its arguments, and of each a column: numbers."""
    counted = rule.step_key
    times = [number(state[counted]) + 1 for state in states] if counted else firsts
    keys = rule.scalar_states.values()
    columns = [
        [number(state[key]) for state in states] if key in initial else [0.0] * len(states)
        for key in keys
    ]
    return ["t" if counted else "first", *rule.scalar_states], [times, *columns]


def _by_kinds(
    rule: Rule, work: Work, traits: Traits, states: list[State], firsts: list[bool]
) -> list[Change]:
    """Updates of rows of one kind together: on one device, of one dtype, with equal scalars."""
    group, initial, params, grads, clip, _, shape, inputs, shared, view = work
    names, scalars = _scalars(rule, states, firsts, initial)
    settings = rule.settings(group) | dict(shape)
    settings |= given.as_numbers(inputs) | {name: number(x) for name, x in shared.items()}
    are_equal = all(column.count(column[0]) == len(column) for column in scalars)
    changes: list[Change] = []
    for kind, rows in traits.kinds(grads).items():
        device, of_grads, dtype, _ = kind
        if device != of_grads:
            require_beside(params, grads)
        most = 0 if option(group, "foreach") is False else _piece(device)
        if are_equal:
            cut = {tuple(column[0] for column in scalars): traits.pieces(kind, most)}
        else:
            equal = alike(zip(*(at(column, rows) for column in scalars), strict=True))
            cut = {x: [*pieces(at(rows, own), params, most)] for x, own in equal.items()}
        for values, own in cut.items():
            step, new = rule.step(dict(zip(names, values, strict=True)) | settings)
            if not rule.turns:  # which have scalars that no tensor meets
                require_range(vars(step), dtype)
            for piece in own:
                clipped = partial(clip.together, rows=piece) if clip else None
                columns = [at(column, piece) for column in (params, grads, states)]
                beside = [drawn.at(c or [], values[0]) for c in inputs.part(piece).columns]
                how = initial, step, clipped, beside, view
                changes.append(partial(together, rule, *columns, *how))
            if new:
                changed = [states[i] for piece in own for i in piece]
                changes.append(partial(write, changed, new, initial))
    return changes


def _piece(device: torch.device) -> int:
    """The most elements that one call updates."""
    return _CPU_PIECE if device.type == "cpu" else _PIECE


def together(
    rule: Rule,
    params: list[Tensor],
    grads: list[Tensor],
    states: list[State],
    initial: dict[str, Start],
    step: Step[float],
    clip: Callable[[list[Tensor]], Tensors] | None,
    inputs: Sequence[Sequence[drawn.Drawn] | None],
    view: View,
) -> list[Running] | None:
    """Update tensors of one kind in place; the step's scalars are Python numbers.

    Or give what does so in turns.
    """
    stored = [reals(params)]
    for key in rule.tensor_states.values():
        stored.append(reals([state[key] for state in states]) if key in initial else [])
    dtype = arithmetic(stored[0][0].dtype)
    computed = [in_dtype(tensors, dtype) for tensors in stored]
    taken = in_dtype(reals(grads), dtype)
    step.storage = stored[0][0].dtype
    beside = [in_dtype(reals(drawn.tensors(column or [], dtype)), dtype) for column in inputs]
    columns = computed[0], [*(clip(taken) if clip else taken)], *computed[1:], *beside
    columns = views.columns(columns, (True, True, *rule.are_whole, *(True for _ in beside)), view)
    stacks = Stacks(columns[0]) if rule.stacks else None
    operands = [*map(stacks.of, columns)] if stacks else columns
    running = rule.foreach(step, *operands)

    def store(_: Any = None) -> None:
        as_seen = ((x[0], *x[2:]) for x in (columns, operands))  # gradients are not written to
        for tensors, column, made in zip(computed, *as_seen, strict=False):
            if stacks:
                stacks.put(made, column)
            views.put(column, tensors)
        for kept, tensors in zip(stored, computed, strict=True):
            if kept is not tensors:
                torch._foreach_copy_(kept, tensors)

    if running is None:
        return store()
    return [Running(step, params, running, store, is_live=False)]


def _one_by_one(rule: Rule, work: Work, states: list[State], firsts: list[bool]) -> list[Change]:
    group, initial, params, grads, clip, _, shape, inputs, shared, view = work
    require_beside(params, grads)
    names, scalars = _scalars(rule, states, firsts, initial)
    settings = rule.settings(group) | dict(shape)
    settings |= given.as_numbers(inputs) | {name: number(x) for name, x in shared.items()}
    changes: list[Change] = []
    owned: list[Any] = []
    for i, (p, grad, *values) in enumerate(zip(params, grads, *scalars, strict=True)):
        named = dict(zip(names, values, strict=True)) | settings
        clipped = partial(clip.one, row=i) if clip else None
        each = p, grad, states[i], initial, named, clipped, inputs.row(i), view
        if rule.gathers and rule.is_local(group) and shards.are_any([p.detach()]):
            owned.append(each)
        else:
            changes.append(partial(_one, rule, *each))
    if owned:
        # Not before: it needs torch.distributed, which whoever has DTensors has imported.
        from . import _owners as owners

        changes.append(partial(owners.update, rule, owned, _one))
    return changes


def _on_device(rule: Rule, work: Work, states: list[State], firsts: list[bool]) -> list[Running]:
    """Update a group with scalars that are tensors, of states that are counted already."""
    group, initial, params, grads, clip, _, shape, inputs, shared, view = work
    settings = {name: live(group[name]) for name in rule.arguments} | {**shape, **shared}
    running: list[Running] = []
    for i, (p, grad, state) in enumerate(zip(params, grads, states, strict=True)):
        named: dict[str, Any] = {"first": firsts[i]}
        if rule.step_key:
            named = {"t": live(state[rule.step_key])}
        for name, key in rule.scalar_states.items():
            named[name] = live(state[key]) if key in initial else 0.0
        clipped = partial(clip.one, row=i) if clip else None
        named |= settings | given.on_device(inputs, p.device)
        of = (rule, p, grad, state, initial, named, clipped, inputs.row(i), view)
        running += _one(*of, is_live=True)
    return running


def _looped(rule: Rule, step: Step[Any], *operands: Tensor) -> tuple[Tensor, ...]:
    """The rule's loop; by both branches where the host must not wait for what is taken."""
    flags, name = vars(step), unknown_flag(step)
    if not name:
        return rule.loop(step, *operands)
    test = flags[name]
    found: list[tuple[Tensor, ...]] = []
    for flags[name] in (True, False):
        found.append(_looped(rule, step, *operands))
    flags[name] = test
    return tuple(x if x is y else torch.where(test, x, y) for x, y in zip(*found, strict=True))


def _one(
    rule: Rule,
    p: Tensor,
    grad: Tensor,
    state: State,
    initial: dict[str, Start],
    scalars: dict[str, Any],
    clip: Callable[[Tensor], Tensor] | None,
    inputs: Sequence[drawn.Drawn | None],
    view: View = LAST_TWO,
    *,
    is_live: bool = False,
) -> list[Running]:
    """Update one tensor by the form of the rule that differentiates, or the rows it names.

    Or give what does so in turns.
    """
    if sparse.is_among([grad]):
        keys = initial.keys() & {*rule.tensor_states.values()}
        with sparse.rows(p, grad, state, keys) as (part, taken, kept):
            _one(rule, part, taken, kept, initial, scalars, clip, ())
        return []
    keys = ("", *rule.tensor_states.values())  # "" is the parameter
    stored = {"": p} | {key: state[key] for key in keys if key in initial}
    dtype = arithmetic(real(p).dtype)
    # What autograd keeps of a value must not be overwritten below, hence the copies.
    copied = rule.differentiable
    ready = {k: real(x.clone() if copied else x).to(dtype) for k, x in stored.items()}
    ready = {k: x if k in rule.axes else views.seen(x, view) for k, x in ready.items()}
    theta, *states = (ready.get(key, p) for key in keys)
    beside = drawn.tensors(drawn.at(inputs, scalars.get("t")), dtype)
    states += [p if x is None else views.seen(real(x).to(dtype), view) for x in beside]
    taken = real(grad).to(dtype)
    step, new = rule.step(scalars)
    step.storage = real(p).dtype
    operands = theta, views.seen(clip(taken) if clip else taken, view), *states

    def store(tensors: tuple[Tensor, ...]) -> None:
        results = dict(zip(keys, tensors, strict=True))
        for key, x in stored.items():
            if rule.differentiable and key:
                value = views.unseen(results[key].to(real(x).dtype), real(x), view)
                state[key] = torch.view_as_complex(value) if x.is_complex() else value
            else:
                value = views.unseen(results[key], real(x), view)
                real(x).copy_(shards.beside(value, real(x)))
        write([state], new, initial, differentiable=rule.differentiable)

    if rule.turns.totals:
        return [Running(step, [p], looped_in_turns(rule, step, *operands), store, is_live)]
    store(_looped(rule, step, *operands))
    return []
