"""Descent by gradients of batches of different sizes."""

from typing import TYPE_CHECKING, Any

import numpy as np

from .. import digits
from ..edition import Edition
from ..material import Material
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import figure, hue, legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RATE = 0.1
STEPS = 200
EVERY = 4
"""Steps from one look at the loss on all examples to the next."""
_SIZES = (1, 32)


def noise(material: Material, edition: Edition) -> Shown:
    """The loss on all examples, with stochastic, mini-batch and batch gradients."""
    examples = len(digits.shuffled().training[1])
    return shown(
        "derivations/noise",
        "noise",
        edition,
        lambda words: _drawn(material, words),
        numpy_code(material, ["sgd"]),
        {"rate": str(RATE), "examples": str(examples)},
    )


def losses(optimizer: Any, size: int, data: digits.Digits) -> Array:
    """On all examples, every few steps of a descent by batches of a size, each drawn anew."""
    images, labels = data.training
    rng = np.random.default_rng(4)
    params = digits.untrained()
    found: list[float] = []
    for step in range(STEPS):
        if step % EVERY == 0:
            found.append(digits.loss_and_gradients(params, images, labels)[0])
        chosen = rng.choice(len(labels), size, replace=False)
        optimizer.update(
            params, digits.loss_and_gradients(params, images[chosen], labels[chosen])[1]
        )
    return np.array(found)


def _drawn(material: Material, words: Words) -> "Figure":
    rule, data = material.module("numpy.sgd").SGD, digits.shuffled()
    whole = len(data.training[1])
    made, (panel,) = figure(3.0)
    for i, size in enumerate((whole, *_SIZES)):
        label = words["label-whole" if size == whole else "label-batch"].format(size=size)
        found = losses(rule(lr=RATE, engine="numpy"), size, data)
        panel.plot(
            range(0, STEPS, EVERY), found, color=hue(i), label=label, linewidth=1 if i else 2.5
        )
    panel.set_xlabel(words["axis-step"])
    panel.set_ylabel(words["axis-loss-of-all"])
    legend(made, panel, 3)
    return made
