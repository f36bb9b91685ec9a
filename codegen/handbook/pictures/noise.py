"""Descent by gradients of batches of different sizes."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..edition import Edition
from ..material import Material
from . import digits
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import GREY, figure, hue, legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RATE = 0.1
STEPS = 120
EVERY = 3
"""Steps from one look at the loss on all examples to the next."""
_SIZES = (1, 32, digits.EXAMPLES)


def noise(material: Material, edition: Edition) -> Shown:
    """The loss on all examples, with stochastic, mini-batch and batch gradients."""
    return shown(
        "derivations/noise",
        "noise",
        edition,
        lambda words: _drawn(material, words),
        numpy_code(material, ["sgd"]),
        {"rate": str(RATE), "examples": str(digits.EXAMPLES)},
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
    made, (panel,) = figure(3.0)
    for i, size in enumerate(_SIZES):
        # Mini-batches keep so close to the whole that they are a thin line over a thick one.
        look = {"color": hue(i), "linewidth": 1.2, "zorder": 3}
        is_whole = size == digits.EXAMPLES
        if is_whole:
            look = {"color": GREY, "linewidth": 3.5}
        label = words["label-whole" if is_whole else "label-batch"].format(size=size)
        found = losses(rule(lr=RATE, engine="numpy"), size, data)
        panel.plot(range(0, STEPS, EVERY), found, label=label, **look)
    panel.set_xlabel(words["axis-step"])
    panel.set_ylabel(words["axis-loss-of-all"])
    legend(made, panel, 3)
    return made
