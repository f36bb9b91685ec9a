"""Gradients beside the first: taken at other points, while the parameters are there.

A point is where the step of a rule of its own leads. Its optimizer has the arguments of the other,
copies of the states that it reads, and takes that step on the parameters themselves. Then the
gradient is asked for, and the parameters are what they were, to the bit, whatever happens.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

import numpy as np

from ._given import LOSS
from ._signals import Held
from ._trees import Array, Tree, flattened


def gradients(
    optimizer: Any, params: Tree, gradient: Callable[[Tree], Any], given: dict[str, Any]
) -> Tree:
    """The gradients at the parameters; to what is given, those at the points are added.

    Args:
        optimizer: the optimizer.
        params: the parameters.
        gradient: gives the gradients at parameters, nested like them; of a rule that reads the
            loss, the loss and these.
        given: the inputs of the step, by name; those that are there are not asked for.

    Raises:
        Exception: what ``gradient`` raises, and what a step of the rule does.
    """
    loss = next((name for name, source in optimizer._inputs.items() if source == LOSS), "")

    def at(params: Tree) -> tuple[Any, Tree]:
        found = gradient(params)
        value, grads = found if loss else (None, found)
        return value, _copied(grads)  # it may give the same arrays each time

    value, grads = at(params)
    if loss:
        given.setdefault(loss, value)
    leaves: list[Any] = flattened(params)[1]
    arrays = [cast(Array, x) for x in leaves if isinstance(x, np.ndarray)]
    for name in _needed(optimizer, given):
        point = _made(optimizer, optimizer._points[name])
        inputs = {key: given[key] for key in point._inputs if key in given}
        kept = [x.copy() for x in arrays]
        try:
            point.update(params, grads, **inputs)
            given[name] = at(params)[1]
        finally:
            with Held():
                for array, before in zip(arrays, kept, strict=True):
                    array[...] = before
    return grads


def _needed(optimizer: Any, given: dict[str, Any]) -> Iterable[str]:
    return [n for n in optimizer._points if given.get(n) is None and optimizer.needs(n)]


def _made(optimizer: Any, kind: Any) -> Any:
    """The optimizer whose next step leads to the point."""
    states = {
        name: {path: array.copy(order="K") for path, array in optimizer._states[name].items()}
        for name in kind._tensor_states
        if name in optimizer._states
    }
    point = kind.__new__(kind)
    scalars = {n: x for n, x in optimizer._scalars.items() if n in point._kept_numbers}
    own = {"_known": None, "_scratches": {}, "_states": states, "_scalars": scalars}
    own |= {} if kind._kernel else {"engine": "auto"}
    known = cast("dict[str, Any]", vars(optimizer))
    point.__setstate__({name: x for name, x in known.items() if name != "_lock"} | own)
    return point


def _copied(tree: Any) -> Any:
    if isinstance(tree, np.ndarray):
        return cast(Array, tree).copy(order="K")
    if isinstance(tree, Mapping):
        entries = cast("Mapping[Any, Any]", tree).items()
        return {key: _copied(value) for key, value in entries}
    if isinstance(tree, list | tuple):
        return [_copied(value) for value in cast("Sequence[Any]", tree)]
    return tree
