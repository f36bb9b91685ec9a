"""One run of a generated NumPy class on the digits, whatever its rule reads beside gradients.

A rule of matrices has the network's two matrices, and Adam the rest, as such rules are used.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import steprule.numpy
from steprule.codegen.handbook.pictures.digits import (
    Array,
    Digits,
    Params,
    loss_and_gradients,
    untrained,
)
from steprule.codegen.handbook.pictures.drawn import is_given, take_step
from steprule.specs.language import Optimizer, Source

At: TypeAlias = Callable[[Params], tuple[float, Params]]
"""Gives the loss at parameters, and its gradients there."""

STEPS = 400
BESIDE = 0.01
"""The rate of Adam where a rule takes matrices alone."""
_NEAR = 1e-4
"""How far gradients are apart whose difference gives a second derivative."""


def accuracy(spec: Optimizer, arguments: Mapping[str, Any], digits: Digits) -> float:
    """Of the images that were not learnt from, the share that is told rightly at the end."""
    optimizer = getattr(steprule.numpy, spec.name)(**arguments, engine="numpy")
    params = untrained()
    is_own = {name: array.ndim == 2 or not optimizer._on_matrices for name, array in params.items()}
    own = {name: array for name, array in params.items() if is_own[name]}
    others = {name: array for name, array in params.items() if not is_own[name]}
    beside = steprule.numpy.Adam(BESIDE)
    rng = np.random.default_rng(4)
    for images, labels in digits.batches(STEPS):

        def at(own: Params, images: Array = images, labels: Array = labels) -> tuple[float, Params]:
            loss, found = loss_and_gradients(params | own, images, labels)
            return loss, {name: found[name] for name in own}

        of_others = at(others)[1] if others else {}  # before the rule's own step
        if is_given(spec):
            take_step(optimizer, own, at)
        else:
            optimizer.update(own, at(own)[1], **_curvatures(spec, optimizer, own, at, rng))
        if others:
            beside.update(others, of_others)
    for name in optimizer._outputs[:1]:  # what the network is to be used with
        params |= optimizer.output(name, own)
    return digits.accuracy(params)


def _curvatures(
    spec: Optimizer, optimizer: Any, params: Params, at: At, rng: np.random.Generator
) -> dict[str, Params]:
    """The estimates of the Hessian's diagonal that the next step reads, by the inputs' names."""
    names = [i.name for i in spec.inputs if i.source is Source.ELEMENTS]
    return {name: _estimate(params, at, rng) for name in names if optimizer.needs(name)}


def _estimate(params: Params, at: At, rng: np.random.Generator) -> Params:
    """Hutchinson's: signs times what they change gradients by."""
    signs = {name: rng.choice([-1.0, 1.0], array.shape) for name, array in params.items()}
    above, below = (
        at({name: array + side * _NEAR * signs[name] for name, array in params.items()})[1]
        for side in (1, -1)
    )
    return {n: signs[n] * (above[n] - below[n]) / (2 * _NEAR) for n in params}
