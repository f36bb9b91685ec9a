"""Where momentum and Nesterov's form of it contract on a quadratic: measured, and proved."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sympy import Expr, lambdify, latex

from ....specs.claims.forms import beta
from ....specs.language.claims import Stability, Verdict
from ..edition import Edition
from ..material import Material
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import GREY, figure, hue, legend

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BETAS = np.linspace(0, 0.99, 67)
CURVATURES = np.linspace(0, 4, 121)[1:]
"""Times a learning rate of 1."""

_WINDOW = 40
"""Steps over which a size is the largest: an iterate that turns is small now and then."""
_APART = 160
_BANDS = (0, 0.5, 0.7, 0.8, 0.9, 1)


def momentum_region(material: Material, edition: Edition) -> Shown:
    return _region("momentum", "stability-momentum", {}, material, edition)


def nesterov_region(material: Material, edition: Edition) -> Shown:
    return _region(
        "nesterov", "stability-nesterov-generated", {"nesterov": True}, material, edition
    )


def _region(
    name: str, claimed: str, options: dict[str, bool], material: Material, edition: Edition
) -> Shown:
    settled = material.settled[claimed]
    assert isinstance(settled.claim, Stability)
    bound = settled.claim.bound
    label = "label-bound" if settled.verdict is Verdict.PROVED else "label-bound-not-proved"
    return shown(
        f"stability/{name}",
        f"stability-{name}",
        edition,
        lambda words: _drawn(growth(material, options), bound, words[label], words),
        [*numpy_code(material, ["sgd"]), str(bound), label],
        {"bound": latex(bound)},
    )


def growth(material: Material, options: dict[str, bool]) -> Array:
    """By how much the iterates grow each step in the long run: one row a beta, by curvature."""
    rule = material.module("numpy.sgd").SGD
    # Without momentum Nesterov's form is plain descent, and the rule refuses to be asked for it.
    return np.array(
        [_growth(rule(lr=1.0, momentum=b, engine="numpy", **(options if b else {}))) for b in BETAS]
    )


def _growth(optimizer: Any) -> Array:
    """One run for all curvatures: each is one element of the parameter."""
    theta = np.ones_like(CURVATURES)
    sizes: list[Array] = []
    for _ in range(_APART + 2 * _WINDOW):
        optimizer.update(theta, CURVATURES * theta)
        sizes.append(np.abs(theta))
    early, late = (np.max(sizes[i : i + _WINDOW], axis=0) for i in (_WINDOW, _WINDOW + _APART))
    ratio = np.divide(late, early, out=np.zeros_like(late), where=early > 0)
    return ratio ** (1 / _APART)


def limit(bound: Expr) -> Array:
    """What a claim says that the curvature must stay below, by beta."""
    return np.broadcast_to(lambdify(beta, bound, "numpy")(BETAS), BETAS.shape)


def _drawn(grown: Array, bound: Expr, label: str, words: Words) -> "Figure":
    made, (panel,) = figure(3.4)
    shades = [f"{hue(0)}{round(255 * x):02x}" for x in np.linspace(0.75, 0.15, len(_BANDS) - 1)]
    filled = panel.contourf(BETAS, CURVATURES, grown.T, levels=_BANDS, colors=shades)
    panel.plot(BETAS, limit(bound), color=hue(1), linewidth=1.8, label=label)
    bar = made.colorbar(filled, ax=panel, label=words["axis-growth"])
    bar.outline.set_edgecolor(GREY)
    panel.set_xlabel(r"$\beta$")
    panel.set_ylabel(r"$\gamma h$")
    panel.set(xlim=(0, BETAS[-1]), ylim=(0, CURVATURES[-1]))
    legend(made, panel)
    return made
