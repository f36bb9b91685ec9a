"""Gradients beside the first: taken at other points, while the parameters are there.

A point is where the step of a rule of its own leads. Its optimizer has the same groups, copies of
the states that it reads, and takes that step on the parameters themselves. Then the closure is
called once more, and the parameters and their gradients are what they were, to the bit, whatever
happens.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ._inputs import Named
from ._options import option
from ._signals import Held


def gradients(optimizer: Any, closure: Callable[[], Any], given: Named) -> Named:
    """The gradients at points, by input and parameter, which the step reads and is not given.

    Args:
        optimizer: the optimizer.
        closure: evaluates the model again; it has been called for the gradients that there are.
        given: the inputs of the step.

    Raises:
        RuntimeError: a CUDA graph is being captured, which cannot call a closure anew.
        Exception: what the closure raises, and what a step of the rule does.
    """
    found: Named = {}
    for name, kind in optimizer._points.items():
        if name in given or not optimizer.needs(name):
            continue
        if torch.cuda.is_available() and torch.cuda.is_current_stream_capturing():
            raise RuntimeError(f"a CUDA graph cannot capture the closure that gives {name!r}")
        found[name] = _at(_made(optimizer, kind), closure, given | found)
    return found


def _at(point: Any, closure: Callable[[], Any], given: Named) -> dict[Tensor, Tensor]:
    """The gradients of parameters that have one, at the point where a step leads."""
    params = [p for g in point.param_groups for p in g["params"] if p.grad is not None]
    before = [(p, p.detach().clone(), p.grad) for p in params]
    changes = point._prepare({name: given[name] for name in point._inputs if name in given})
    try:
        with torch.no_grad(), Held():
            for change in changes:
                change()
        for p in params:
            p.grad = None  # which the closure may add to
        with torch.enable_grad():
            closure()
        grads = ((p, p.grad) for p in params)
        return {p: torch.zeros_like(p) if grad is None else grad for p, grad in grads}
    finally:
        with torch.no_grad(), Held():
            for p, kept, grad in before:
                p.copy_(kept)
                p.grad = grad


def _made(optimizer: Any, kind: Any) -> Any:
    """The optimizer whose next step leads to the point."""
    groups = [dict(group) for group in optimizer.param_groups]
    for group in groups:
        if not kind._kernel and option(group, "fused"):
            group["fused"] = None
        for name in ("param_names", "initial_lr"):
            group.pop(name, None)
    point = kind(groups)
    keys = {point._step_key, *point._scalar_states.values(), *point._tensor_states.values()}
    for p, state in optimizer.state.items():
        point.state[p] = {key: x.clone() for key, x in state.items() if key in keys}
    return point
