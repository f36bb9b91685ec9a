"""The paths that rules take on landscapes of two parameters."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from sympy import Add, latex

from ....specs.language import Optimizer
from ..edition import Edition
from ..markdown import inline
from ..material import Material
from .descent import best_descent
from .drawn import side_by_side
from .landscapes import LANDSCAPES, Landscape
from .shown import Shown, Words, numpy_code, shown
from .style import FAINT, GREY, figure, hue, legend, marker, small_multiples
from .variants import Variant, compared, titled, variants

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GRID = 60
_LINES = 10
_MARKED = 5
"""Every how many steps a path is marked."""


def paths(spec: Optimizer, material: Material, edition: Edition) -> Shown:
    """One rule's paths on all landscapes, and those with momentum where it can have it."""
    texts = edition.words["pictures"]
    return shown(
        f"paths/{spec.module}",
        "path",
        edition,
        lambda words: _on_all(variants(spec, material, words), words),
        numpy_code(material, [spec.module]),
        {
            "name": spec.name,
            "marked": str(_MARKED),
            **{each.name: texts[f"landscape-{each.name}"] for each in LANDSCAPES},
            **{f"{each.name}_loss": _loss(each) for each in LANDSCAPES},
            **{f"{each.name}_steps": str(each.steps) for each in LANDSCAPES},
        },
    )


def all_paths(landscape: Landscape, material: Material, edition: Edition) -> Shown:
    """The paths of several rules on one landscape, each in a panel."""
    specs = side_by_side(material.optimizers)
    texts = edition.words["pictures"]
    return shown(
        f"paths/all-{landscape.name}",
        "paths",
        edition,
        lambda words: _of_each(compared(specs, material, words), landscape, words),
        numpy_code(material, [spec.module for spec in specs]),
        {
            "landscape": texts[f"landscape-{landscape.name}"],
            "about": texts[f"about-{landscape.name}-caption"].format(loss=_loss(landscape)),
            "steps": str(landscape.steps),
            "marked": str(_MARKED),
        },
    )


def _loss(landscape: Landscape) -> str:
    """Its formula, which may break between its terms."""
    first, *others = map(latex, Add.make_args(landscape.loss))
    return " ".join(map(inline, [first, *(x if x[0] == "-" else f"+{x}" for x in others)]))


def _on_all(taken: Sequence[Variant], words: Words) -> "Figure":
    made, panels = figure(2.1 if len(taken) == 1 else 2.4, columns=len(LANDSCAPES))
    for panel, landscape in zip(panels, LANDSCAPES, strict=True):
        rates = _draw(panel, taken, landscape)
        panel.set_title(titled(words[f"landscape-{landscape.name}"], rates, words))
        panel.set_xlabel(r"$\theta_1$")
    panels[0].set_ylabel(r"$\theta_2$")
    if len(taken) > 1:
        legend(made, panels[0], 3)
    return made


def _of_each(taken: Sequence[Variant], landscape: Landscape, words: Words) -> "Figure":
    made, panels = small_multiples(len(taken), 1.7)
    for panel, variant in zip(panels, taken, strict=True):
        rates = _draw(panel, [variant], landscape)
        panel.set_title(titled(variant.label, rates, words))
    made.supxlabel(r"$\theta_1$")
    made.supylabel(r"$\theta_2$")
    return made


def _draw(panel: "Axes", taken: Sequence[Variant], landscape: Landscape) -> Sequence[float | None]:
    """Draw the landscape and the paths; returns their rates."""
    _contours(panel, landscape)
    rates = list[float | None]()
    for i, variant in enumerate(taken):
        rate, found = best_descent(variant, landscape)
        panel.plot(
            *found.points.T,
            color=hue(i),
            marker=marker(i),
            label=variant.label,
            markevery=_MARKED,
            linewidth=1.0,
        )
        rates.append(rate)
    ends = {"linestyle": "none", "color": GREY, "zorder": 5}
    panel.plot(*landscape.start, marker="o", markersize=6, fillstyle="none", **ends)
    panel.plot(*zip(*landscape.minima, strict=True), marker="x", markersize=6, mew=1.6, **ends)
    panel.locator_params(nbins=4)
    return rates


def _contours(panel: "Axes", landscape: Landscape) -> None:
    """Lines of equal loss, closer together near the lowest: the cubes of even steps apart."""
    left, right, bottom, top = landscape.frame
    across, up = np.linspace(left, right, _GRID), np.linspace(bottom, top, _GRID)
    losses = landscape.value(*np.meshgrid(across, up))
    low, high = losses.min(), losses.max()
    levels = low + (high - low) * np.linspace(0, 1, _LINES + 2)[1:-1] ** 3
    lines = {"colors": FAINT, "linewidths": 0.8, "linestyles": "solid"}
    panel.contour(across, up, losses, levels=levels, **lines)
    panel.set(xlim=(left, right), ylim=(bottom, top))
