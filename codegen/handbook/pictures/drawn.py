"""Which rules pictures are drawn of, and their steps."""

from collections.abc import Callable, Sequence
from typing import Any

from ....specs.language import Optimizer, Source
from ...analysis.matrices import needs_matrices

MOST = 9
"""The rules that stand side by side, where there are more."""

_KNOWN = ("SGD", "Adagrad", "Adadelta", "RMSprop", "Adam", "Lion", "Prodigy")
"""What stands for all where there are too many: of each idea the rule that is known best."""


def is_drawn(spec: Optimizer) -> bool:
    """Whether an analysed rule can be run on landscapes and in training.

    One of matrices alone cannot, nor one that is given more than gradients and the loss.
    """
    return not needs_matrices(spec) and is_given(spec)


def is_given(spec: Optimizer) -> bool:
    """Whether all that a rule reads is at hand: gradients, the loss, and what it draws itself."""
    known = (Source.LOSS, Source.GRADIENT)
    return all(i.source in known or i.is_random for i in spec.inputs)


def side_by_side(specs: Sequence[Optimizer]) -> list[Optimizer]:
    """Those that are drawn side by side: no more than a page takes."""
    drawn = [*filter(is_drawn, specs)]
    if len(drawn) <= MOST:
        return drawn
    return [spec for spec in drawn if spec.name in _KNOWN] or drawn[:MOST]


def take_step(
    optimizer: Any,
    params: Any,
    at: Callable[[Any], tuple[Any, Any]],
    seen: Callable[[Any], object] = float,
) -> None:
    """Take a step, once the loss before it has been seen.

    Args:
        optimizer: of a rule that is drawn.
        params: its parameters.
        at: gives the loss at parameters, and its gradients there.
        seen: is given the loss, whatever becomes of the step.
    """
    loss, gradients = at(params)
    seen(loss)
    read = [name for name in optimizer._inputs if name not in optimizer._points]
    if optimizer._points:
        optimizer.update(params, at if read else lambda params: at(params)[1])
    else:
        optimizer.update(params, gradients, **dict.fromkeys(read, loss))
