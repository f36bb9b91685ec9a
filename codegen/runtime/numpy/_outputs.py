"""Outputs: what is made of parameters and states beside the steps, to look at or to evaluate.

``of_tree`` computes an output of parameters, as new arrays. ``Swap`` puts such arrays in the place
of parameters, and what was there back: in their own memory, which whoever holds a view of it goes
on to see.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np

from ._blocks import computed
from ._trees import Array, Leaves, Tree, copy_like, floating, require_like

Function = Callable[..., Array]
"""Of a parameter, and by keyword of its states and of the scalars."""


def itself(theta: Array) -> Array:
    """Every output before the first step."""
    return theta


def of_tree(
    function: Function,
    params: Tree,
    states: Mapping[str, Mapping[str, Array]],
    scalars: Mapping[str, Any],
    held: Mapping[int, Array],
) -> Tree:
    """An output of each parameter, nested like them.

    Args:
        function: of the output.
        params: the parameters.
        states: their states, by name and path; none before the first step.
        scalars: what else the function takes.
        held: what parameters are that hold something else for now, by their identity.

    Raises:
        TypeError: a leaf is no array of a floating-point dtype.
        ValueError: a parameter has no states, or of another shape or dtype.
    """
    return _below(function, params, "", states, scalars, held)


def require_all(params: Tree, states: Mapping[str, Mapping[str, Array]]) -> None:
    """Raise ValueError unless all parameters are there that there are states for."""
    kept = {path for arrays in states.values() for path in arrays}
    if lacking := sorted(kept.difference(_paths(params, ""))):
        raise ValueError(
            f"params lacks {', '.join(map(repr, lacking))}, for which there are states; hand over "
            "all parameters, as to update"
        )


def _paths(tree: Any, path: str) -> Iterator[str]:
    if not isinstance(tree, Mapping | list | tuple):
        yield path
    for _, own, entry in _entries(tree, path):
        yield from _paths(entry, own)


def _entries(tree: Any, path: str) -> Iterator[tuple[Any, str, Any]]:
    """What is right below: its name or place, its path, and itself; nothing of an array."""
    below = f"{path}/" if path else ""
    found: Iterable[tuple[Any, Any]] = ()
    if isinstance(tree, Mapping):
        found = cast("Mapping[Any, Any]", tree).items()
    elif isinstance(tree, list | tuple):
        found = enumerate(cast("Sequence[Any]", tree))
    for name, entry in found:
        yield name, f"{below}{name}", entry


def _below(
    function: Function,
    tree: Any,
    path: str,
    states: Mapping[str, Mapping[str, Array]],
    scalars: Mapping[str, Any],
    held: Mapping[int, Array],
) -> Any:
    if isinstance(tree, Mapping | list | tuple):
        found = {
            name: _below(function, entry, own, states, scalars, held)
            for name, own, entry in _entries(tree, path)
        }
        if isinstance(tree, Mapping):
            return found
        return [*found.values()] if isinstance(tree, list) else tuple(found.values())
    theta = floating(held.get(id(tree), tree), "params", path)
    own: dict[str, Array] = {}
    for name, arrays in states.items():
        if path not in arrays:
            raise ValueError(f"params has {path!r}, for which there is no state {name!r}")
        require_like(theta, arrays[path], "params", f"its state {name!r}", path)
        own[name] = arrays[path]
    return _of(function, theta, own, scalars)


def _of(
    function: Function, theta: Array, states: Mapping[str, Array], scalars: Mapping[str, Any]
) -> Array:
    new = copy_like(theta)
    dtype = computed(theta.dtype)
    wide = {name: array.astype(dtype, copy=False) for name, array in states.items()}
    with np.errstate(all="ignore"):  # nothing of it is stored
        new[...] = function(theta.astype(dtype, copy=False), **wide, **scalars)
    return new


class Swap:
    """Arrays in the place of parameters.

    Args:
        name: of the output that they are.
        found: the parameters, and what they are to hold, by path.
    """

    def __init__(self, name: str, found: Leaves) -> None:
        self.name, self.arguments = name, f"{name!r}, params"
        self._found = [*found.values()]
        self._own = [theta.copy(order="K") for theta, _ in self._found]

    @property
    def held(self) -> dict[int, Array]:
        """What the parameters are, by their identity."""
        return {id(theta): own for (theta, _), own in zip(self._found, self._own, strict=True)}

    def put(self) -> None:
        """Let the parameters hold the output."""
        for theta, value in self._found:
            np.copyto(theta, value)

    def put_back(self) -> None:
        """Let them be what they were, to the bit."""
        for (theta, _), own in zip(self._found, self._own, strict=True):
            np.copyto(theta, own)
