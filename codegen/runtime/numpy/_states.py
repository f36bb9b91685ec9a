"""What states parameters have: the present arrays, checked to fit them, or new ones.

``starts_of``  parameters -> the kinds of shape that a rule tells apart, and what the states of each
               parameter start as.
``arrays_of``  the arrays of one state.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ._known import Kind
from ._scalars import Start
from ._shapes import Axes, Facts, View, lengths, told
from ._trees import Array, Leaves, at, copy_like, full_like, require_like


@dataclass(frozen=True)
class Starts:
    """What the states of parameters start as.

    Args:
        paths: of the parameters.
        kinds: the rows of each kind of shape.
        by_kind: by name, what the states start as that parameters of a kind have.
    """

    paths: Sequence[str]
    kinds: Mapping[Kind, Sequence[int]]
    by_kind: Mapping[Kind, Mapping[str, Start]]

    @property
    def existing(self) -> list[list[str]]:
        """The names of the states of each kind."""
        return [[*starts] for starts in self.by_kind.values()]

    def of(self, name: str) -> dict[str, Start]:
        """What a state starts as, by path of the parameters that have it."""
        found: dict[int, Start] = {
            row: starts[name]
            for kind, starts in self.by_kind.items()
            if name in starts
            for row in self.kinds[kind]
        }
        return {self.paths[row]: found[row] for row in sorted(found)}


def starts_of(
    found: Leaves,
    facts: Sequence[str],
    existing: Callable[[Facts], Mapping[str, Start]],
    view: Callable[[int], View],
) -> Starts:
    """What states start as, of parameters of which the rule must know some facts, and sees so."""
    kinds: dict[Kind, list[int]] = {}
    for row, (theta, _) in enumerate(found.values()):
        epsilon = float(np.finfo(theta.dtype).eps)
        known = told(facts, theta.shape, epsilon, view(theta.ndim))
        kinds.setdefault(tuple(known.items()), []).append(row)
    return Starts([*found], kinds, {kind: existing(dict(kind)) for kind in kinds})


def arrays_of(
    name: str,
    states: Mapping[str, dict[str, Array]],
    starts: Mapping[str, Start],
    axes: Axes,
    found: Leaves,
    view: Callable[[int], View],
) -> dict[str, Array]:
    """The arrays of a state by path.

    Args:
        name: of the state.
        states: all there are, by name.
        starts: what it starts as, for each parameter that has it.
        axes: its shape; of none, the parameter's own.
        found: the parameters.
        view: how the rule sees a parameter of so many axes.

    Raises:
        ValueError: those kept are of other parameters.
    """
    kept = states.get(name)
    if kept is None:
        return {path: _new(found[path][0], start, axes, view) for path, start in starts.items()}
    if kept.keys() != starts.keys():
        odd = sorted(kept.keys() ^ starts.keys())
        raise ValueError(f"params differ from those state {name!r} was made for: {odd}")
    for path, array in kept.items():
        theta = found[path][0]
        if not axes:
            require_like(theta, array, "params", f"its state {name!r}", path)
            continue
        wanted = lengths(axes, theta.shape, view(theta.ndim)), theta.dtype
        if wanted != (array.shape, array.dtype):
            raise ValueError(
                f"state {name!r} of params{at(path)} must have shape {wanted[0]} and dtype "
                f"{wanted[1]}, and has {array.shape} and {array.dtype}"
            )
    return kept


def _new(theta: Array, start: Start, axes: Axes, view: Callable[[int], View]) -> Array:
    if start == "theta":
        return copy_like(theta)
    if axes:
        return np.full(lengths(axes, theta.shape, view(theta.ndim)), start, theta.dtype)
    return full_like(theta, start)
