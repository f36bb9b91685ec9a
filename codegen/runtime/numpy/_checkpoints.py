"""Checkpoints: states by name and path, as ``np.savez`` keeps them, and what is read from them."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ._known import States
from ._philox import require_seed
from ._trees import Array, floating, key


class Checkpoint(NamedTuple):
    """What an optimizer takes over.

    Args:
        states: of arrays; none where the checkpoint is of no parameters.
        scalars: the states that are numbers; none before the first step.
        step: how many steps were taken.
        seed: of random numbers; 0 where none are drawn.
    """

    states: States
    scalars: dict[str, float]
    step: int
    seed: int


def read(
    state: Mapping[str, Array],
    tensors: Collection[str],
    numbers: Collection[str],
    always: Sequence[str],
    *,
    may_lack: bool,
) -> Checkpoint:
    """A checkpoint, with copies of its arrays.

    Args:
        state: by name and path.
        tensors: the names of states that are arrays.
        numbers: the names of states that are numbers.
        always: what every checkpoint has beside: the step, and a seed where there is one.
        may_lack: whether a parameter may be without states that others have.

    Raises:
        TypeError: a state is not of a floating-point dtype.
        ValueError: one is missing or unknown, or the step or the seed is no whole number.
    """
    states: States = {name: {} for name in tensors}
    scalars = dict.fromkeys(numbers, 0.0)
    for kept, value in state.items():
        name, _, path = kept.partition("/")
        if name in states:
            states[name][path] = floating(np.array(value), f"state {kept!r}")
        elif kept in scalars:
            scalars[kept] = float(value)
        elif kept not in always:
            known = ", ".join([*always, *scalars, *states])
            raise ValueError(f"unknown state {kept!r}; the states here are {known}")
    for name in always:
        if name not in state:
            raise ValueError(f"the state {name!r} is missing")
    step, seed = int(state["step"]), int(state.get("seed", np.array(0)))
    if step < 0 or step != state["step"]:
        raise ValueError(f"the state 'step' must be a whole number, got {state['step']}")
    require_seed(seed)
    paths = {path for arrays in states.values() for path in arrays}
    needed = [key(name, path) for name in states for path in sorted(paths) if not may_lack]
    if step:
        needed += [*scalars, *(() if paths or may_lack else states)]
    if missing := [each for each in needed if each not in state]:
        raise ValueError(f"states are missing: {', '.join(missing)}")
    return Checkpoint(states if paths else {}, scalars if step else {}, step, seed)


def last_step(state: Mapping[str, Array]) -> int:
    """The 0-based step that a checkpoint was kept after; 0 where it says none."""
    count = np.asarray(state.get("step", 0))
    is_count = count.ndim == 0 and count.dtype.kind in "iuf" and 1 <= count < np.inf
    return int(count) - 1 if is_count else 0
