"""A step within ``torch.compile``: what tensors go through is traced, and nothing else.

``prepare``
    is not traced. It does all that a step does before it changes anything, and the step's
    scalars: from Python numbers, as ever, so that counts and products of them stay exact. What
    ``foreach`` and the loop would update is put into a list; all other changes are left to
    ``finish``: fused kernels, which have nothing to gain, sparse and sharded tensors, steps that
    autograd or a CUDA graph is to see.
``_update``
    is traced: the rule for one tensor, for each in the list. Numbers come in a table, so that no
    other count or rate makes another graph; what the rule branches on comes as bools. No scalar
    state is read or written there, and no tensor is 0-d: of one in float64 on the CPU, Dynamo
    takes the value for one that stays, and loses what is written.
``finish``
    is not traced. It makes all other changes: states made and counted, scalar states filled.

Gradients are off before the graph starts, as the compiler asks only then whether it is to
differentiate; what calls these three is run as it stands, so that each graph is one function. That
the optimizer is looked at tells apart its graphs from those of others.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, TypeAlias

import torch
from torch import Tensor
from torch._compile import _disable_dynamo

from ._inputs import Named, loss_of
from ._options import autograd_sees
from ._plain import together
from ._points import gradients
from ._random import tensors
from ._rule import Change
from ._scalars import Step
from ._shapes import View
from ._signals import Held
from ._tensors import arithmetic, in_dtype, real, reals
from ._views import seen, unseen

Flags: TypeAlias = dict[str, bool | int]
"""What the rule branches on, and how often it does something."""
Row: TypeAlias = tuple[
    Flags, Tensor, Tensor, list[Tensor | None], list[Tensor | None], tuple[View, list[bool]]
]
"""These, a parameter, what the rule takes as its gradient, its states and its inputs; how it sees
them, and which states it sees so."""
Traced: TypeAlias = tuple[list[str], Tensor, list[Row]]
"""Of tensors on one device: the names of the rule's numbers, a row of these for each, and each."""


def step(
    optimizer: Any, closure: Callable[[], float] | None, inputs: dict[str, Any]
) -> float | None:
    """Take one step. This function is run; what it calls may be traced."""
    given = optimizer._asked(inputs, has_closure=closure is not None)
    loss = None
    if closure is not None:
        with torch.enable_grad():
            loss = closure()
        given |= loss_of(optimizer._inputs, loss)
    with torch.no_grad(), optimizer._lock:
        if optimizer._points and closure is not None:
            given |= _gradients(optimizer, closure, given)
        take([optimizer], [given])
    return loss


def take(optimizers: Sequence[Any], given: Sequence[Named]) -> None:
    """Take a step of each, once all that can fail has not. This function is run like ``step``."""
    prepared: list[tuple[list[Traced], list[Change]]] = []
    for each, own in zip(optimizers, given, strict=True):
        prepared.append(prepare(each, own))
    with torch.no_grad():
        for each, (traced, others) in zip(optimizers, prepared, strict=True):
            if traced:
                _update(each, traced)
            finish(each, others)


step = _disable_dynamo(step, recursive=False)
take = _disable_dynamo(take, recursive=False)
_gradients = _disable_dynamo(gradients)


@_disable_dynamo
def prepare(optimizer: Any, given: Named) -> tuple[list[Traced], list[Change]]:
    """What is traced, and the changes that are not."""
    updates: list[Any] = []
    others: list[Change] = []
    with torch.set_grad_enabled(autograd_sees(optimizer.defaults)):
        for change in optimizer._prepare(given):
            if isinstance(change, partial) and change.func is together:
                updates.append(change.args)
            else:
                others.append(change)
    return _traced(optimizer, updates), others


@_disable_dynamo
def finish(optimizer: Any, changes: list[Change]) -> None:
    """Make the changes that are not traced."""
    with torch.set_grad_enabled(autograd_sees(optimizer.defaults)), Held():
        optimizer._changes = object()
        for change in changes:
            change()


def _traced(optimizer: Any, updates: list[Any]) -> list[Traced]:
    """Updates of several tensors of one kind each, as they are traced: in the optimizer's order.

    So they are the same at every step, whichever tensors have equal counts.
    """
    order = {p: i for i, p in enumerate(p for g in optimizer.param_groups for p in g["params"])}
    found: dict[torch.device, list[tuple[int, list[float], Row]]] = defaultdict(list)
    names: list[str] = []
    for rule, params, grads, states, initial, step, clip, inputs, view in updates:
        scalars = vars(step)
        still = {name for name, value in scalars.items() if isinstance(value, bool)}
        flags = {name: scalars[name] for name in scalars if name in still or name in rule.whole}
        names = [name for name in scalars if name not in flags]
        numbers = [float(scalars[name]) for name in names]
        given = reals(grads)
        if clip:
            given = clip(in_dtype(given, arithmetic(real(params[0]).dtype)))
        keys = [key if key in initial else None for key in rule.tensor_states.values()]
        dtype = arithmetic(real(params[0]).dtype)
        drawn = [tensors(column or [], dtype) for column in inputs]
        for i, (p, grad, own) in enumerate(zip(params, given, states, strict=True)):
            kept = [_stored(own[key]) if key else None for key in keys]
            # A copy: that rows share an object is looked at as well.
            beside = [None if not column else _stored(column[i]) for column in drawn]
            how = view, rule.are_whole
            row = flags.copy(), _stored(p), _with_axis(grad), kept, beside, how
            found[p.device].append((order[p], numbers, row))
    traced: list[Traced] = []
    for device, own in found.items():
        own.sort(key=itemgetter(0))
        table = torch.tensor([numbers for _, numbers, _ in own], dtype=torch.float64)
        on_gpu = device.type == "cuda"
        table = table.to(device, non_blocking=True) if on_gpu else table
        traced.append((names, table, [row for _, _, row in own]))
    return traced


def _stored(x: Tensor) -> Tensor:
    """A stored tensor as it is traced: real, with an axis."""
    return _with_axis(real(x))


def _with_axis(x: Tensor) -> Tensor:
    """Of a 0-d float64 tensor on the CPU, Dynamo takes the value for one that stays."""
    return x if x.ndim else x.view(1)


def _update(optimizer: Any, traced: list[Traced]) -> None:
    """The rule for every row, in place."""
    rule = optimizer._loop
    for names, table, rows in traced:
        for numbers, row in zip(table.unbind(), rows, strict=True):
            flags, p, grad, states, inputs, (view, are_whole) = row
            step: Step[Any] = Step()
            for name, value in (*flags.items(), *zip(names, numbers.unbind(), strict=True)):
                setattr(step, name, value)
            step.storage = p.dtype
            dtype = arithmetic(p.dtype)
            whole = *are_whole, *(True for _ in inputs)
            ready = [
                p if s is None else seen(s.to(dtype), view) if is_seen else s.to(dtype)
                for s, is_seen in zip((*states, *inputs), whole, strict=True)
            ]
            values = rule(step, seen(p.to(dtype), view), seen(grad.to(dtype), view), *ready)
            for x, value in zip((p, *states), values, strict=True):
                if x is not None:
                    x.copy_(unseen(value, x, view))
