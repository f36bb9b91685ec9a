"""Which rules pictures are drawn of, and their steps."""

from collections.abc import Callable
from typing import Any

from ....specs.language import Optimizer, Source
from ...program.lower import lower
from ...program.operations import Kind


def is_drawn(spec: Optimizer) -> bool:
    """Whether an analysed rule can be run on landscapes and in training.

    One of matrices alone cannot, nor one that is given more than gradients and the loss.
    """
    takes_any_shape = not lower(spec).kinds() & {Kind.MATRIX}
    known = (Source.LOSS, Source.GRADIENT)
    return takes_any_shape and all(i.source in known for i in spec.inputs)


def stepped(optimizer: Any, params: Any, at: Callable[[Any], tuple[float, Any]]) -> float:
    """The loss before a step, which is taken.

    Args:
        optimizer: of a rule that is drawn.
        params: its parameters.
        at: gives the loss at parameters, and its gradients there.
    """
    loss, gradients = at(params)
    read = [name for name in optimizer._inputs if name not in optimizer._points]
    if optimizer._points:
        optimizer.update(params, at if read else lambda params: at(params)[1])
    else:
        optimizer.update(params, gradients, **dict.fromkeys(read, loss))
    return loss
