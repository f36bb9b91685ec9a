"""Which rules pictures are drawn of."""

from ....specs.language import Optimizer, Source
from ...program.lower import lower
from ...program.operations import Kind


def is_drawn(spec: Optimizer) -> bool:
    """Whether an analysed rule can be run on landscapes and in training.

    One of matrices alone cannot, nor one that is given more than the gradient and the loss.
    """
    takes_any_shape = not lower(spec).kinds() & {Kind.MATRIX}
    return takes_any_shape and all(i.source is Source.LOSS for i in spec.inputs)
