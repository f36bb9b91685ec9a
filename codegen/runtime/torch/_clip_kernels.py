"""What gradients are scaled by whose norms are clipped, from kernels that a GPU has for it.

torch takes some twenty launches for that, most of them of a number or two: norms in float64, and
what no square overflows in. Here it is a pass over the gradients, and one launch for each group.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from torch import Tensor

from . import _fused as fused
from ._batch import is_dense
from ._clip import Vectors, Way
from ._tensors import PLAIN


def scales(
    ways: Sequence[Way | None], grads: Sequence[list[Tensor]], memory: dict[Any, Any]
) -> list[Vectors] | None:
    """The scales of groups, none of a group that has none; None where torch is to take norms.

    Args:
        ways: of each group, how its gradients are clipped; None if they are not.
        grads: theirs, whose norms count where one is taken over all.
        memory: what is known of earlier steps.
    """
    reaches = {way[0].reach for way in ways if way} - {""}
    if not reaches:
        return None
    taken = [
        own if "all" in reaches or (way and way[0].reach) else []
        for way, own in zip(ways, grads, strict=True)
    ]
    if not are_for_kernels([*chain(*taken)]):
        return None
    return fused.engine("cuda").scales(ways, taken, memory)


def are_for_kernels(grads: Sequence[Tensor]) -> bool:
    """Whether kernels can take the norms of gradients."""
    devices = {grad.device for grad in grads}
    return (
        len(devices) == 1
        and all(grad.is_cuda for grad in grads)
        and PLAIN.issuperset(map(type, grads))
        and fused.is_ready(*devices)
        and fused.engine("cuda").DTYPES.issuperset({grad.dtype for grad in grads})
        and all(grad.is_contiguous() or is_dense(grad) for grad in grads)
        and not any(grad.is_neg() for grad in grads)
    )
