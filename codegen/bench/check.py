"""Whether contenders ended where the equations lead: a time counts only for work that was done.

The reference takes the same steps in float64, stretch by stretch, so that its memory stays in
the cache. What is asked is less than in ``steprule verify``, which judges single steps in
units in the last place: here errors of many steps add up.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from .textbook import Textbook
from .workload import Data, Floats

_STRETCH = 1 << 15
"""Elements stepped together by the reference."""

_PATCH = 1 << 12
"""Elements whose errors are judged together: few enough for one gone astray to be seen."""

_EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23, "bfloat16": 2.0**-7}

_ROUNDED = 4
"""Roundings a step, about: of the parameter, of each state, of intermediate results."""

_ASTRAY = 0.01
"""Of the way travelled. Rounding carries an element over a jump such as that of ``sign`` now and
then, which is no fault; an element of a patch that did not step at all exceeds this."""


def deviations(
    rule: Textbook, data: Data, steps: int, results: Mapping[str, Sequence[Floats]]
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
    worst = dict.fromkeys(results, 0.0)
    for i, part, start, end in _reference(rule, data, steps):
        norm = _norms(start)
        travelled = _norms(end - start)
        rounding = _ROUNDED * _EPSILON[data.dtype] * math.sqrt(steps) * (norm + travelled)
        bound = rounding + _ASTRAY * travelled
        for name, tensors in results.items():
            with np.errstate(all="ignore"):
                excess = _norms(tensors[i][part] - end) / bound
            worst[name] = max(worst[name], float(np.nan_to_num(excess, nan=np.inf).max()))
    return worst


def _reference(
    rule: Textbook, data: Data, steps: int
) -> Iterator[tuple[int, slice, Floats, Floats]]:
    """Tensor by tensor and stretch by stretch: where it is, its start and its end."""
    gradients = [data.gradients(step) for step in range(steps)]
    for i, tensor in enumerate(data.parameters()):
        length = _STRETCH if rule.elementwise else max(1, tensor.size)
        for low in range(0, tensor.size, length):
            part = slice(low, low + length)
            start = tensor[part].astype(np.float64)
            theta, states = start, rule.initial(start)
            for step in range(steps):
                grad = gradients[step][i][part].astype(np.float64)
                theta, states = rule.step(step + 1, theta, grad, states)
            yield i, part, start, theta


def _norms(x: Floats) -> Floats:
    """The Euclidean norm of every patch."""
    return np.sqrt(np.add.reduceat(np.square(x, dtype=np.float64), range(0, x.size, _PATCH)))
