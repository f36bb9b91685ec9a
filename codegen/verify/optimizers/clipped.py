"""What a transform makes of gradients: exactly, and how far what is computed can be from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from ....specs.language import Transform, global_norm
from ...loading.load import transforms
from ...oracle.arrays import Array
from ...oracle.formats import Format
from ...oracle.transforms import transformed
from ...program.compiled import compiled
from ...program.nodes import Program
from ...program.passes.expand import expand
from ..ulp import expected
from .bounds import bounds
from .engines import Floats
from .reach import Bounds


@cache
def clippings() -> Mapping[str, Transform]:
    """The built-in transforms, by the argument of an optimizer that asks for one."""
    return {each.hyper.name: each for each in transforms().values()}


@dataclass(frozen=True)
class Clipped:
    """A gradient that a rule is given, or a random number.

    Args:
        exact: as it should be.
        bounded: as floats, and how far what is computed can be from them.
    """

    exact: Array | Floats
    bounded: Any

    def shaped(self, shape: tuple[int, ...]) -> "Clipped":
        """The same in a shape."""
        bounded = self.bounded
        pair = isinstance(bounded, tuple)
        of = tuple(x.reshape(shape) for x in bounded) if pair else bounded.reshape(shape)
        return Clipped(self.exact.reshape(shape), of)

    @classmethod
    def of(cls, gradient: Floats, limit: Mapping[str, float], form: Format) -> "Clipped":
        """The gradient under a limit, or as it is where there is none."""
        for name in limit:
            transform = clippings()[name]
            (exact,) = transformed(transform, [gradient], limit)
            (allowed,) = transform_bounds(transform, [gradient], limit, form)
            return cls(exact, (expected(exact, form).high, allowed.off))
        return cls(gradient, gradient)


def transform_bounds(
    transform: Transform, gradients: Sequence[Floats], limit: Mapping[str, float], form: Format
) -> list[Bounds]:
    """The bounds of each of the gradients of tensors that are updated together."""
    program = _program(transform)
    if not any(update.value.has(global_norm) for update in transform.updates):
        return [_bounded(program, gradient, limit, form) for gradient in gradients]
    together = _bounded(program, np.concatenate([np.ravel(g) for g in gradients]), limit, form)
    ends = np.cumsum([np.size(gradient) for gradient in gradients])
    return [
        together.part(slice(end - np.size(g), end), np.shape(g))
        for g, end in zip(gradients, ends, strict=True)
    ]


@cache
def _program(transform: Transform) -> Program:
    return expand(compiled(transform.rule).program)


def _bounded(
    program: Program, gradient: Floats, limit: Mapping[str, float], form: Format
) -> Bounds:
    values = {**limit, "theta": np.zeros(np.shape(gradient)), "grad": gradient}
    return bounds(program, values, form, form)["theta"]
