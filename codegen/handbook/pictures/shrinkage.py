"""What is left of weights under Adam's two kinds of weight decay."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..edition import Edition
from ..material import Material
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import figure, hue, legend, marker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RATE, DECAY = 0.01, 0.1
STEPS, DRAWS = 400, 100
SCALES = np.geomspace(0.01, 10, 16)


def shrinkage(material: Material, edition: Edition) -> Shown:
    """The mean weight after many noisy steps, by the scale of the gradients: L2 and decoupled."""
    return shown(
        "derivations/shrinkage",
        "shrinkage",
        edition,
        lambda words: _drawn(material, words),
        numpy_code(material, ["adam", "adamw"]),
        {"rate": str(RATE), "decay": str(DECAY), "steps": str(STEPS), "draws": str(DRAWS)},
    )


def left(rule: Any) -> Array:
    """What is left of weights of 1: the mean of the draws, by scale."""
    weights = np.ones((DRAWS, len(SCALES)))
    optimizer = rule(lr=RATE, weight_decay=DECAY, engine="numpy")
    rng = np.random.default_rng(5)
    for _ in range(STEPS):
        optimizer.update(weights, SCALES * rng.normal(size=weights.shape))
    return weights.mean(axis=0)


def _drawn(material: Material, words: Words) -> "Figure":
    made, (panel,) = figure(2.8)
    rules = (
        (words["label-l2"], material.module("numpy.adam").Adam),
        (words["label-decoupled"], material.module("numpy.adamw").AdamW),
    )
    for i, (label, rule) in enumerate(rules):
        panel.plot(SCALES, left(rule), color=hue(i), marker=marker(i), label=label)
    panel.set_xscale("log")
    panel.set_xlabel(words["axis-noise"])
    panel.set_ylabel(words["axis-weight"])
    legend(made, panel)
    return made
