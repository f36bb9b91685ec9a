"""The truth of transforms of gradients, as :mod:`.optimizers` has that of rules."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ...specs.language import Transform
from .arrays import Array, spread
from .evaluate import Equations
from .formats import to_exact
from .given import gradient_of
from .known import Real, symbols_of


def transformed(
    transform: Transform, gradients: Sequence[ArrayLike], hyper: Mapping[str, Real]
) -> list[Array]:
    """The gradients of tensors that are updated together, after a transform.

    Args:
        transform: the equations.
        gradients: one a tensor, floats or exact numbers.
        hyper: its hyperparameter by name.

    Returns:
        Object arrays of exact numbers in the shapes of the gradients.

    Raises:
        ValueError: the hyperparameter is missing, or another is given.
        SpecError: the equations read what has no value.
    """
    together: list[Equations] = []
    for gradient in map(to_exact, gradients):
        symbols = symbols_of(transform.rule, hyper, {}, gradient.shape)
        equations = Equations(
            transform.name,
            symbols=symbols,
            stored={"theta": gradient},  # read as the point of the gradient, and only so
            updates={update.target: update.value for update in transform.updates},
            gradient=gradient_of(gradient, gradient),
            together=together,
        )
        together.append(equations)
    return [
        spread(equations.value(transform.result), np.shape(gradient))
        for equations, gradient in zip(together, gradients, strict=True)
    ]
