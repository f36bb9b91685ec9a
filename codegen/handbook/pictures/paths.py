"""The paths that rules take on landscapes of two parameters."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from sympy import latex

from ....specs.language import Optimizer
from ..edition import Edition
from ..material import Material
from .descent import best_descent
from .drawn import side_by_side
from .landscapes import Landscape
from .shown import Shown, Words, numpy_code, shown
from .style import FAINT, GREY, figure, hue, legend, marker
from .variants import Variant, plain, variants

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_GRID = 90
_LINES = 14
_FEW = 3
_MARKED = 5
"""Of more paths than a few, every how many steps are marked."""


def path(spec: Optimizer, landscape: Landscape, material: Material, edition: Edition) -> Shown:
    """One rule's path, and those with momentum where the rule can have it."""
    return _shown(
        f"paths/{spec.module}-{landscape.name}",
        "path",
        [spec],
        landscape,
        material,
        edition,
        lambda words: variants(spec, material, words),
    )


def all_paths(landscape: Landscape, material: Material, edition: Edition) -> Shown:
    """The paths of several rules, each with its defaults."""
    specs = side_by_side(material.optimizers)
    return _shown(
        f"paths/all-{landscape.name}",
        "paths",
        specs,
        landscape,
        material,
        edition,
        lambda words: [plain(spec, material) for spec in specs],
    )


def _shown(
    name: str,
    kind: str,
    specs: Sequence[Optimizer],
    landscape: Landscape,
    material: Material,
    edition: Edition,
    taken: Callable[[Words], Sequence[Variant]],
) -> Shown:
    texts = edition.words["pictures"]
    return shown(
        name,
        kind,
        edition,
        lambda words: _drawn(taken(words), landscape, words),
        numpy_code(material, [spec.module for spec in specs]),
        {
            "name": specs[0].name,
            "landscape": texts[f"landscape-{landscape.name}"],
            "about": texts[f"about-{landscape.name}-caption"].format(loss=latex(landscape.loss)),
            "steps": str(landscape.steps),
            "marked": str(_MARKED),
        },
    )


def _drawn(taken: Sequence[Variant], landscape: Landscape, words: Words) -> "Figure":
    are_many = len(taken) > _FEW
    made, (panel,) = figure(4.0 if are_many else 3.6)
    _contours(panel, landscape)
    for i, variant in enumerate(taken):
        rate, found = best_descent(variant, landscape)
        panel.plot(
            *found.points.T,
            color=hue(i),
            marker=marker(i),
            label=variant.labelled(words, rate),
            markevery=_MARKED if are_many else 1,
            linewidth=1.0 if are_many else 1.4,
        )
    ends = {"linestyle": "none", "color": GREY, "zorder": 5}
    panel.plot(*landscape.start, marker="o", markersize=7, fillstyle="none", **ends)
    panel.plot(*zip(*landscape.minima, strict=True), marker="x", markersize=7, mew=1.6, **ends)
    panel.set_xlabel(r"$\theta_1$")
    panel.set_ylabel(r"$\theta_2$")
    legend(made, panel, 3 if are_many else 2)
    return made


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
