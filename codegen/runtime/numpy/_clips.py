"""From the limits of an optimizer to what happens to each gradient of a step.

``clips``  gradients and limits -> a transform for each gradient, with the number it takes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ._clipping import TRANSFORMS
from ._limits import not_finite
from ._norms import combined
from ._norms import norm as norm_of
from ._transform import Transform
from ._trees import Array


@dataclass(frozen=True)
class Clip:
    """What happens to one gradient: a transform, and the number it takes."""

    transform: type[Transform]
    scalar: float

    def __call__(self, block: Array, out: Array) -> Array:
        return self.transform.block(block, self.scalar, out)


def clips(
    grads: Sequence[Array], limits: Mapping[str, float], error_if_nonfinite: bool
) -> Sequence[Clip | None]:
    """What happens to each of the gradients that belong together; None where nothing does.

    Args:
        grads: floating-point arrays of any shape and memory layout. Their norms are taken in
            float64, a block at a time, and infinite where float64 has no such.
        limits: at most one, that is set.
        error_if_nonfinite: refuse norms that are infinite or NaN.

    Raises:
        RuntimeError: a norm is refused.
    """
    if not limits:
        return [None] * len(grads)
    ((name, limit),) = limits.items()
    transform = TRANSFORMS[name]
    if not transform.reach:
        return [Clip(transform, limit)] * len(grads)
    norms = [norm_of(grad) for grad in grads]
    if transform.reach == "all":
        norms = [combined(norms)]
    if error_if_nonfinite and not all(map(math.isfinite, norms)):
        raise not_finite(name)
    found = [Clip(transform, transform.scale(norm, limit)) for norm in norms]
    return found * len(grads) if transform.reach == "all" else found
