"""One run of a generated NumPy class on the digits, whatever its rule reads beside gradients.

A rule of matrices has the network's two matrices, and Adam the rest, as such rules are used.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import steprule.numpy
from steprule.codegen.handbook.pictures.digits import (
    Array,
    Digits,
    Params,
    loss_and_gradients,
    untrained,
)
from steprule.specs.language import Optimizer, Source

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

        def gradients(at: Params, images: Array = images, labels: Array = labels) -> Params:
            found = loss_and_gradients(params | at, images, labels)[1]
            return {name: found[name] for name in at}

        loss, of_all = loss_and_gradients(params, images, labels)
        if optimizer._points:
            optimizer.update(own, gradients)
        else:
            read = _read(spec, optimizer, loss, lambda: _curvatures(own, gradients, rng))
            optimizer.update(own, {name: of_all[name] for name in own}, **read)
        if others:
            beside.update(others, {name: of_all[name] for name in others})
    for name in optimizer._outputs[:1]:  # what the network is to be used with
        params |= optimizer.output(name, own)
    return digits.accuracy(params)


def _read(spec: Optimizer, optimizer: Any, loss: float, curvatures: Any) -> dict[str, Any]:
    """What the next step is given beside gradients."""
    found: dict[str, Any] = {}
    for each in spec.inputs:
        if each.source is Source.LOSS:
            found[each.name] = loss
        elif each.source is Source.ELEMENTS and optimizer.needs(each.name):
            found[each.name] = curvatures()
    return found


def _curvatures(params: Params, gradients: Any, rng: np.random.Generator) -> Params:
    """Hutchinson's estimate of a Hessian's diagonal: signs times what they change gradients by."""
    signs = {name: rng.choice([-1.0, 1.0], array.shape) for name, array in params.items()}
    above, below = (
        gradients({name: array + side * _NEAR * signs[name] for name, array in params.items()})
        for side in (1, -1)
    )
    return {n: signs[n] * (above[n] - below[n]) / (2 * _NEAR) for n in params}
