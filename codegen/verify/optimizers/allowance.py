"""How far the results of many steps may be from the exact ones, found in few runs of the program.

The scalars of steps differ, and the program is the same: where it works on single elements, each
element is given the scalars of its step; otherwise tensors of one shape are stacked, and reduced
one by one. Steps that take different branches are run apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....specs.language.shapes import WHOLE, facts
from ...oracle.formats import Format
from ...program.nodes import Program
from .bounds import PartedError, bounds
from .reach import Bounds
from .trajectory import Step

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Allowance:
    """Of one quantity, for the results of all steps in a row.

    Args:
        off: how far each may be from the exact one.
        parts: bounds, and of which of the results they are.
    """

    off: NDArray[np.float64]
    parts: Sequence[tuple[Places, Bounds]]

    def is_saturated(self, computed: Any) -> Any:
        """Whether each result is what comes out where numbers that are too large are infinite."""
        found = np.zeros(np.shape(computed), dtype=bool)
        for places, each in self.parts:
            found[places] = each.is_saturated(computed[places])
        return found


def allowances(
    program: Program,
    settings: Mapping[str, Any],
    steps: Sequence[Step],
    stored: Format,
    computed: Format,
) -> dict[str, Allowance]:
    """The allowance of every quantity: of tensors by element, of scalars by tensor.

    Args:
        program: what implementations are printed from.
        settings: hyperparameters and options.
        steps: those of one configuration.
        stored: the format of the tensors.
        computed: the format that operations on them round to.
    """
    parts: dict[str, list[tuple[Places, Bounds]]] = {}
    for each, found in _found(program, settings, _alike(program, steps), stored, computed):
        for name, row in found.items():
            counts = [step.count(name) for step in steps]
            ends = np.cumsum(counts)
            own = [np.arange(ends[i] - counts[i], ends[i]) for i in each]
            parts.setdefault(name, []).append((np.concatenate(own), row))
    return {name: _joined(found) for name, found in parts.items()}


def _joined(parts: Sequence[tuple[Places, Bounds]]) -> Allowance:
    off = np.zeros(sum(places.size for places, _ in parts))
    for places, each in parts:
        off[places] = each.off
    return Allowance(off, parts)


Chosen = dict[int, Step]
"""Some of the steps, by their place among all."""


def _alike(program: Program, steps: Sequence[Step]) -> Iterator[Chosen]:
    """Steps that can be evaluated in one: those from the same states and inputs."""
    together = program.is_elementwise

    def can_be_one_of_several(step: Step) -> bool:
        return bool(step.live) and (together or (step.is_alone and not step.factored))

    alone = {i for i, step in enumerate(steps) if not can_be_one_of_several(step)}
    yield from ({i: steps[i]} for i in alone)

    def read(i: int) -> list[Any]:
        step = steps[i]
        of_tensors = [sorted(step.states), sorted({**step.inputs, **step.bounded_inputs})]
        return of_tensors if together else [len(step.seen), *step.seen, *of_tensors]

    others = sorted(set(range(len(steps))) - alone, key=read)
    for _, found in groupby(others, key=read):
        yield {i: steps[i] for i in found}


def _found(
    program: Program,
    settings: Mapping[str, Any],
    pending: Iterable[Chosen],
    stored: Format,
    computed: Format,
) -> Iterator[tuple[Chosen, dict[str, Bounds]]]:
    """The bounds of all quantities, as rows, of steps that take the same branches."""
    tensors = {slot.name for slot in program.tensor_slots}
    waiting = list(pending)
    while waiting:
        chosen = waiting.pop()
        steps = list(chosen.values())
        values = _given(program, steps)
        several = len(steps) > 1
        tensor = _axes(steps[0]) if several and not program.is_elementwise else None
        firsts = _firsts(steps) if tensor is None else np.arange(len(steps))
        try:
            factors = None if several else steps[0].factors
            found = bounds(program, {**settings, **values}, stored, computed, factors, tensor)
        except PartedError as parted:
            takes = dict(zip(chosen, np.ravel(parted.takes)[firsts], strict=True))
            waiting += [
                {i: step for i, step in chosen.items() if takes[i] == side}
                for side in (True, False)
            ]
            continue
        first_of = np.repeat(firsts, [step.tensors for step in steps])
        yield (
            chosen,
            {name: _row(one, None if name in tensors else first_of) for name, one in found.items()},
        )


def _axes(step: Step) -> tuple[int, ...]:
    """Those of a tensor as the rule sees it, counted from behind."""
    return tuple(range(-len(step.seen), 0))


def _firsts(steps: Sequence[Step]) -> Places:
    """Where the elements of each step begin among those of all."""
    return np.cumsum([0, *(step.live for step in steps[:-1])])


def _given(program: Program, steps: Sequence[Step]) -> dict[str, Any]:
    """What a program is given of some steps."""
    if program.is_elementwise and len(steps) > 1:
        return _stacked(program, steps)
    first, *others = [_seen(_single(step), step, program) for step in steps]
    if not others:
        return first

    ones = (1,) * len(steps[0].seen)

    def batch(values: Sequence[Any]) -> Any:
        if isinstance(values[0], tuple):
            return tuple(map(batch, zip(*values, strict=True)))
        if np.ndim(values[0]):
            return np.stack(values)
        if all(value == values[0] for value in values):
            return values[0]
        return np.reshape(values, (len(values), *ones))

    return {name: batch([x, *(other[name] for other in others)]) for name, x in first.items()}


def _single(step: Step) -> dict[str, Any]:
    states = {name: step.alive(value) for name, value in step.states.items()}
    states |= {name: step.alive(value) for name, value in step.inputs.items()}
    states |= step.bounded_inputs
    values = states | {"theta": step.alive(step.theta), "grad": step.bounded}
    known = facts(np.shape(step.theta), step.seen, step.rank) if step.is_alone else {}
    return values | known | {"t": step.t, "first": step.t == 1}


def _seen(values: dict[str, Any], step: Step, program: Program) -> dict[str, Any]:
    """What a program is given of one tensor, in the shape that the rule sees."""
    if not step.is_alone or step.seen == np.shape(step.theta):
        return values
    reduced = {slot.name for slot in program.tensor_slots if slot.old.type.axes != WHOLE}
    return {name: x if name in reduced else _reshaped(x, step.seen) for name, x in values.items()}


def _reshaped(x: Any, shape: tuple[int, ...]) -> Any:
    """An array of all elements in a shape, also beside how far it is off; a number as it is."""
    if isinstance(x, tuple):
        return tuple(_reshaped(each, shape) for each in x)
    return np.reshape(x, shape) if np.ndim(x) else x


def _stacked(program: Program, steps: Sequence[Step]) -> dict[str, Any]:
    """What the steps are given and the program reads, element after element.

    An output may be elementwise where the rule keeps matrices, which have lengths of their own.
    """

    def stacked(values: Sequence[Any]) -> Any:
        if isinstance(values[0], tuple):
            return tuple(map(stacked, zip(*values, strict=True)))
        rows = [np.broadcast_to(np.ravel(x), s.live) for x, s in zip(values, steps, strict=True)]
        return np.concatenate(rows)

    each = [_single(step) for step in steps]
    read = {"theta", "grad", *program.read}
    return {name: stacked([values[name] for values in each]) for name in each[0] if name in read}


def _row(each: Bounds, taken: Places | None) -> Bounds:
    """In a row: all elements, or those taken; of what is one number, as often."""

    def of(x: Any) -> Any:
        x = np.asarray(x)
        if taken is None:
            return np.broadcast_to(x, np.shape(each.off)).ravel()
        return x.ravel()[taken] if x.ndim else np.broadcast_to(x, taken.shape)

    return Bounds(of(each.off), lambda: tuple((of(x), of(off)) for x, off in each.saturated))
