"""Run an allocated listing on exact numbers, in real memory, so that a bad overwrite shows."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .allocate import Choice, Listing, Step
from .evaluate import value_of
from .nodes import Name, Program

_Memory = dict[str, Any]
"""Arrays by the name of their buffer."""


def simulate(listing: Listing, program: Program, values: Mapping[str, Any]) -> dict[str, Any]:
    """The content of every slot that exists, after one step.

    Args:
        listing: what :func:`~.allocate.allocate` made of ``program``.
        program: the linearised program.
        values: as for :func:`~.evaluate.evaluate`; left as they are.

    Raises:
        KeyError: something is written to a slot that does not exist.
    """
    scalars = dict(values)
    for assign in program.host:
        scalars[assign.target.id] = value_of(assign.value, scalars)
    memory = {
        name: np.array(values[name], dtype=object)
        for name in (*(s.name for s in program.tensor_slots), *(x.id for x in program.read_only))
        if name in values
    }
    memory |= {name: np.empty_like(memory["theta"]) for name in listing.scratch}
    _run(listing.steps, memory, {name: name for name in memory}, scalars)
    return {
        s.name: memory[s.name] if s.is_tensor else scalars[s.new.id]
        for s in program.slots
        if s.when is None or value_of(s.when, scalars)
    }


def _run(
    steps: tuple[Step, ...], memory: _Memory, bound: dict[str, str], scalars: dict[str, Any]
) -> None:
    for step in steps:
        environment = scalars | {name: memory[buffer] for name, buffer in bound.items()}
        if isinstance(step, Choice):
            side = step.then if value_of(step.condition, environment) else step.otherwise
            _run(side, memory, bound, scalars)
        elif step.is_scalar:
            scalars[step.target] = value_of(step.args[0], environment)
            bound.pop(step.target, None)
        elif step.op is None and step.into is None:
            alias = step.args[0]
            assert isinstance(alias, Name)
            bound[step.target] = bound[alias.id]
        else:
            operands = [value_of(a, environment) for a in step.args]
            result = operands[0] if step.op is None else step.op.exact(*operands)
            if step.into is None:  # a new array, or a view
                buffer = f"new {len(memory)}"
                memory[buffer] = np.asarray(result, dtype=object)
            else:
                buffer = bound[step.into]
                memory[buffer][...] = np.copy(result)
            bound[step.target] = buffer
