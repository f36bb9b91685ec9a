"""How much it matters what a rule is given: the loss at the end, by rate and one more argument."""

from typing import TYPE_CHECKING

import numpy as np

from ....specs.language import Optimizer
from ..edition import Edition
from ..material import Material
from . import small
from .digits import Array
from .shown import Shown, Words, shown
from .style import FAINT, GREY, figure, hue, legend, marker, small_multiples
from .tried import RATES, basis, best, is_tried, losses, other
from .variants import titled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOST = 3.0
"""Above log(10), the loss of knowing nothing: a run that ends there, or beyond, is lost."""
_APART = 1.13
"""The factor between the rows in which lost runs are marked, one for each line."""
_STYLES = ("-", "--", ":")
_SIDE_BY_SIDE = (
    *("SGD", "RMSprop", "Adam", "Lion", "ScheduleFreeAdamW"),
    *("Prodigy", "Adafactor", "Muon", "SOAP"),
)
_FIRST = {"SGD": "0.9"}
"""What others are not shown with, but their defaults."""


def sensitivity(spec: Optimizer, material: Material, edition: Edition) -> Shown:
    """One rule's: a line for each value that the other argument is tried with."""
    return shown(
        f"sensitivity/{spec.module}",
        "sensitivity",
        edition,
        lambda words: _drawn(spec, material, words),
        basis(spec, material),
        _told() | {"name": spec.name},
    )


def all_sensitivities(material: Material, edition: Edition) -> Shown:
    """Several rules', each in a panel; the last by name, when all has been measured."""
    specs = [s for s in material.optimizers if s.name in _SIDE_BY_SIDE and is_tried(s)]
    return shown(
        "sensitivity/together",
        "sensitivities",
        edition,
        lambda words: _of_each(specs, material, words),
        [text for spec in specs for text in basis(spec, material)],
        _told() | {"momentum": _FIRST["SGD"]},
    )


def _told() -> dict[str, str]:
    return {
        "hidden": str(small.HIDDEN),
        "steps": str(small.STEPS),
        "batch": str(small.BATCH),
        "runs": str(small.RUNS),
    }


def _drawn(spec: Optimizer, material: Material, words: Words) -> "Figure":
    made, (panel,) = figure(2.9)
    for i, (value, own) in enumerate(losses(spec, material).items()):
        label = words["label-tried"].format(
            name=other(spec).name, value=value, rate=f"{best(own):g}"
        )
        _line(panel, i, own, label)
    _scales(panel)
    panel.set_xlabel(words["axis-rate"])
    panel.set_ylabel(words["axis-loss-at-end"])
    _default(panel, spec, words["label-default"])
    legend(made, panel, 1)
    return made


def _of_each(specs: list[Optimizer], material: Material, words: Words) -> "Figure":
    made, panels = small_multiples(len(specs), 1.6)
    own = [_usual(spec, material) for spec in specs]
    for panel, spec, mine in zip(panels, specs, own, strict=True):
        for line in own:
            panel.plot(RATES, _middle(line), color=FAINT, linewidth=0.8)
        _line(panel, 0, mine, spec.name)
        _default(panel, spec)
        _scales(panel)
        panel.set_title(titled(spec.name, [best(mine)], words))
    made.supxlabel(words["axis-rate"])
    made.supylabel(words["axis-loss-at-end"])
    return made


def _usual(spec: Optimizer, material: Material) -> Array:
    """Its losses with the default of the other argument."""
    name = other(spec).name
    (default,) = (h.default for h in spec.hyperparameters if h.name == name)
    return losses(spec, material)[_FIRST.get(spec.name, default)]


def _middle(losses: Array) -> Array:
    """The loss of the middle run; no number where that one is lost."""
    middle = np.median(losses, axis=1)
    return np.where(middle < LOST, middle, np.nan)


def _line(panel: "Axes", i: int, losses: Array, label: str) -> None:
    """The middle run over the others; where runs are lost, it is marked above."""
    held = np.minimum(losses, LOST)
    panel.fill_between(
        RATES, held.min(axis=1), held.max(axis=1), color=hue(i), alpha=0.2, linewidth=0
    )
    panel.plot(
        RATES,
        _middle(losses),
        color=hue(i),
        marker=marker(i),
        linestyle=_STYLES[i],
        label=label,
    )
    lost = np.array(RATES)[(losses >= LOST).any(axis=1)]
    row = np.full(len(lost), LOST * _APART**i)
    panel.plot(lost, row, color=hue(i), marker="x", markersize=4, linestyle="none")


def _scales(panel: "Axes") -> None:
    panel.set(xscale="log", yscale="log", yticks=(0.3, 1, LOST), yticklabels=("0.3", "1", "3"))
    panel.minorticks_off()


def _default(panel: "Axes", spec: Optimizer, label: str = "") -> None:
    """Where the default rate lies, if among those that are tried."""
    (rate,) = (float(h.default) for h in spec.hyperparameters if h.name == "lr")
    if RATES[0] <= rate <= RATES[-1]:
        panel.axvline(rate, color=GREY, linewidth=0.9, linestyle="-.")
        along = panel.get_xaxis_transform()
        panel.text(rate, 0.03, f" {label}", transform=along, fontsize=8, color=GREY)
