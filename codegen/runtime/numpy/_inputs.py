"""Inputs: what a step is given beside the gradients, as numbers and as arrays like parameters.

``taken``  what a step is handed by name -> the numbers, and an array for each parameter of the
           rest, which a rule takes as it takes gradients.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._arguments import require_number
from ._blocks import computed
from ._clips import Clip
from ._given import ELEMENTS, GRADIENT, require_given, require_known
from ._over_time import number
from ._trees import Array, Tree, leaves


@dataclass(frozen=True)
class Inputs:
    """Of one step.

    Args:
        numbers: by name; 0 where the step does not read one.
        columns: the others, in the order of the rule, for each parameter an array; None likewise.
    """

    numbers: dict[str, float]
    columns: Sequence[Sequence[Array] | None]

    def rows(self, count: int) -> Sequence[tuple[Array | None, ...]]:
        """The arrays of each of so many parameters."""
        none = [None] * count
        columns = [none if column is None else column for column in self.columns]
        return [*zip(*columns, strict=True)] if columns else [()] * count

    def beside(self, columns: Sequence[Sequence[Array] | None]) -> "Inputs":
        """With others, which come after them."""
        return Inputs(self.numbers, [*self.columns, *columns])


NONE = Inputs({}, ())
"""Of rules that have no inputs."""


def taken(
    declared: Mapping[str, str],
    read: Iterable[str],
    given: Mapping[str, Any],
    params: Tree,
    rule: str,
) -> Inputs:
    """The inputs of a step.

    Args:
        declared: by name, what an input is.
        read: those that the step reads.
        given: what it is handed, by name.
        params: the parameters.
        rule: its name, for errors.

    Raises:
        TypeError: one is missing, or unknown, or of another type.
        ValueError: one is not nested like the parameters, or an array has another shape or dtype
            than its parameter, or shares memory with one.
    """
    require_known(given, declared, rule)
    read = {*read} & declared.keys()

    def how(name: str) -> str:
        if declared[name] == GRADIENT:
            return "hand over what gives gradients at parameters, update(params, function)"
        return f"hand it over, update(params, grads, {name}=...)"

    require_given(given, [n for n in declared if n in read], rule, how)
    numbers: dict[str, float] = {}
    columns: list[list[Array] | None] = []
    for name, source in declared.items():
        if source not in (ELEMENTS, GRADIENT):
            numbers[name] = _number(name, given[name]) if name in read else 0.0
        elif name in read:
            found = leaves(params, given[name], name)
            columns.append([_laid_out(x, theta) for theta, x in found.values()])
        else:
            columns.append(None)
    return Inputs(numbers, columns)


def clipped(
    declared: Mapping[str, str],
    inputs: Inputs,
    clips: Callable[[Sequence[Array]], Sequence[Clip | None]],
) -> Inputs:
    """The inputs, with gradients clipped as those of the step are.

    Args:
        declared: by name, what an input is.
        inputs: of a step.
        clips: gives what happens to gradients; None where nothing does.
    """
    sources = [source for source in declared.values() if source in (ELEMENTS, GRADIENT)]
    columns = [
        column
        if source != GRADIENT or column is None
        else [x if clip is None else _clipped(clip, x) for clip, x in _paired(clips, column)]
        for source, column in zip(sources, inputs.columns, strict=True)
    ]
    return Inputs(inputs.numbers, columns)


def _paired(
    clips: Callable[[Sequence[Array]], Sequence[Clip | None]], column: Sequence[Array]
) -> Iterable[tuple[Clip | None, Array]]:
    return zip(clips(column), column, strict=True)


def _clipped(clip: Clip, x: Array) -> Array:
    wide = x.astype(computed(x.dtype), copy=False)
    found = np.empty_like(x)
    found[...] = clip(np.atleast_1d(wide), np.empty_like(np.atleast_1d(wide))).reshape(x.shape)
    return found


def _number(name: str, value: Any) -> float:
    require_number(name, value)
    return float(number(value))


def _laid_out(array: Array, theta: Array) -> Array:
    """The array, or a copy where it does not lie in memory as its parameter does."""
    if array.flags.aligned and array.strides == theta.strides:
        return array
    like = np.empty_like(theta, subok=False)
    like[...] = array
    return like
