"""The random numbers of a step: exactly, and how far what is computed in their place can be."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ....specs.language import Input, Optimizer, Source
from ...oracle.arrays import Array
from ...oracle.draws import draws
from ...oracle.formats import FORMATS, Format
from ..ulp import expected
from .clipped import Clipped

NORMAL = 8.0
"""How many machine epsilons of itself a normal number may be off by.

It is a product of two: the root of a logarithm, which a library has to 4 units and the root halves,
and a sine of an angle that is rounded twice, which a library has to 2. Measured: 3.4 at most in a
million, in each of NumPy, torch and Numba.
"""


def drawn(
    spec: Optimizer,
    read: Sequence[Input],
    shapes: Sequence[tuple[int, ...]],
    t: int,
    stored: Format,
) -> Mapping[str, Clipped]:
    """What tensors of an optimizer draw in a step, in a row, by input.

    Args:
        spec: the equations.
        read: the inputs that the step reads.
        shapes: of the first parameters.
        t: the step.
        stored: the format of the parameters.
    """
    computed = FORMATS["float32"] if stored.precision < 24 else stored
    found = [
        draws(spec, shape, t=t, form=computed, parameter=place)
        for place, shape in enumerate(shapes)
    ]
    return {
        each.name: _bounded(
            each.source, np.concatenate([one[each.name].ravel() for one in found]), computed
        )
        for each in read
        if each.is_random
    }


def _bounded(source: Source, exact: Array, computed: Format) -> Clipped:
    values: Any = expected(exact, computed).high
    if source is not Source.NORMAL:
        return Clipped(exact, values)
    return Clipped(exact, (values, NORMAL * float(computed.epsilon) * np.abs(values)))
