"""Whether contenders ended where the equations lead: a time counts only for work that was done.

The reference takes the same steps in float64, where the data live, and stretch by stretch. What
is asked is less than in ``steprule verify``, which judges single steps in units in the last
place: here errors of many steps add up.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .arrays import Array
from .inputs import given
from .textbook import Textbook
from .workload import Data

_EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23, "bfloat16": 2.0**-7}

_ROUNDED = 4
"""Roundings a step, about: of the parameter, of each state, of intermediate results."""

_ASTRAY = 0.01
"""Of the way travelled. Rounding carries an element over a jump such as that of ``sign`` now and
then, which is no fault; an element of a patch that did not step at all exceeds this."""


def deviations(
    rule: Textbook, data: Data, steps: int, results: Mapping[str, Sequence[Array]]
) -> dict[str, float]:
    """How far from the reference each result is, as a multiple of what rounding explains.

    Args:
        rule: the equations.
        data: where the steps started, and their gradients.
        steps: how many were taken.
        results: by name, every tensor after them.

    Returns:
        By name, the largest multiple of any patch: more than 1 is wrong; not a number is
        infinite.
    """
    arrays = data.arrays
    worst = dict.fromkeys(results, 0.0)
    for i, part, start, end in _reference(rule, data, steps):
        norm = arrays.norms(start)
        travelled = arrays.norms(end - start)
        rounding = _ROUNDED * _EPSILON[arrays.dtype] * math.sqrt(steps) * (norm + travelled)
        bound = rounding + _ASTRAY * travelled
        for name, tensors in results.items():
            with np.errstate(all="ignore"):
                excess = arrays.norms(tensors[i][part] - end) / bound
            worst[name] = max(worst[name], float(np.nan_to_num(excess, nan=np.inf).max()))
    return worst


def _reference(rule: Textbook, data: Data, steps: int) -> Iterator[tuple[int, slice, Array, Array]]:
    """Tensor by tensor and stretch by stretch: where it is, its start and its end."""
    arrays = data.arrays
    rule = rule.by(arrays.functions)
    gradients = [data.gradients(step) for step in range(steps)]
    inputs = [given(rule, data, step, list) for step in range(steps)]
    for i, (tensor, size) in enumerate(zip(data.parameters(), data.sizes, strict=True)):
        length = arrays.stretch if rule.elementwise else max(1, size)
        for low in range(0, size, length):
            part = slice(low, low + length)
            start = arrays.wide(tensor[part])
            theta, states = start, rule.initial(start)
            for step in range(steps):
                grad = arrays.wide(gradients[step][i][part])
                own = {
                    name: arrays.wide(x[i][part]) if isinstance(x, list) else x
                    for name, x in inputs[step].items()
                }
                theta, states = rule.step(step + 1, theta, grad, states, own)
            yield i, part, start, theta
