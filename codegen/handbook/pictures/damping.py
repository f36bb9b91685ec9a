"""What momentum does in a ravine, coordinate by coordinate."""

from typing import TYPE_CHECKING

import numpy as np
from sympy import latex

from ....specs.language.claims import Stability
from ..edition import Edition
from ..material import Material
from .descent import descend
from .landscapes import RAVINE, y
from .shown import Shown, Words, numpy_code, shown
from .style import FAINT, figure, hue, legend, marker
from .variants import MOMENTUM, Variant

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FRACTION = 0.99
"""Of the learning rate at which plain descent would no longer contract."""


def damping(material: Material, edition: Edition) -> Shown:
    """Both coordinates by step, of SGD and of SGD with momentum at one learning rate."""
    claim = material.settled["stability-sgd"].claim
    assert isinstance(claim, Stability)
    rate = _FRACTION * float(claim.bound / RAVINE.loss.diff(y, 2))
    return shown(
        "derivations/damping",
        "damping",
        edition,
        lambda words: _drawn(material, rate, words),
        numpy_code(material, ["sgd"]),
        {
            "loss": latex(RAVINE.loss),
            "momentum": str(MOMENTUM),
            "rate": f"{rate:g}",
            "fraction": str(_FRACTION),
        },
    )


def _drawn(material: Material, rate: float, words: Words) -> "Figure":
    rule = material.module("numpy.sgd").SGD
    momentum = words["label-momentum"].format(name="SGD", momentum=MOMENTUM)
    taken = (Variant("SGD", rule), Variant(momentum, rule, {"momentum": MOMENTUM}))
    made, panels = figure(4.2, 2, sharex=True)
    for i, variant in enumerate(taken):
        points = descend(variant.made(rate), RAVINE).points
        for panel, coordinate in zip(panels, np.flip(points.T, axis=0), strict=True):
            panel.plot(coordinate, color=hue(i), marker=marker(i), label=variant.label)
    for panel, name in zip(panels, (r"$\theta_2$", r"$\theta_1$"), strict=True):
        panel.axhline(0, color=FAINT, linewidth=0.8)
        panel.set_ylabel(name)
    panels[-1].set_xlabel(words["axis-step"])
    legend(made, panels[0])
    return made
