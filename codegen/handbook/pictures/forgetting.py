"""Adam on gradients of which the large ones are rare, and with the largest moment kept."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..edition import Edition
from ..material import Material
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import figure, hue, legend, marker

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGE, SMALL = 1010.0, -10.0
PERIOD = 101
"""Steps from one large gradient to the next: Reddi, Kale & Kumar, 2018, section 5."""
CYCLES = 60
RATE, BETAS = 0.05, (0.9, 0.99)


def forgetting(material: Material, edition: Edition) -> Shown:
    """Where a parameter between -1 and 1 is in each cycle: by Adam, and by Adam with AMSGrad."""
    return shown(
        "derivations/forgetting",
        "forgetting",
        edition,
        lambda words: _drawn(material, words),
        numpy_code(material, ["adam"]),
        {
            "large": f"{LARGE:g}",
            "small": f"{SMALL:g}",
            "period": str(PERIOD),
            "rate": f"{RATE:g}",
            "beta1": f"{BETAS[0]:g}",
            "beta2": f"{BETAS[1]:g}",
        },
    )


def positions(optimizer: Any) -> Array:
    """The mean of the parameter over each cycle, kept between -1 and 1, from 0."""
    theta, found = np.zeros(1), list[float]()
    large, small = np.full(1, LARGE), np.full(1, SMALL)
    for step in range(CYCLES * PERIOD):
        optimizer.update(theta, small if step % PERIOD else large)
        np.clip(theta, -1, 1, out=theta)
        found.append(float(theta[0]))
    return np.reshape(found, (CYCLES, PERIOD)).mean(axis=1)


def _drawn(material: Material, words: Words) -> "Figure":
    rule = material.module("numpy.adam").Adam
    made, (panel,) = figure(2.8)
    for i, (label, kept) in enumerate((("Adam", False), ("AMSGrad", True))):
        found = positions(rule(lr=RATE, betas=BETAS, amsgrad=kept, engine="numpy"))
        panel.plot(found, color=hue(i), marker=marker(i), markevery=5, label=label)
    panel.set_ylim(-1.05, 1.05)
    panel.set_xlabel(words["axis-cycle"])
    panel.set_ylabel(r"$\theta$")
    legend(made, panel)
    return made
