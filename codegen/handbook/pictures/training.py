"""The loss of a network that learns to read handwritten digits, step by step."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ....specs.language import Optimizer
from .. import digits
from ..edition import Edition
from ..material import Material
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import GREY, figure, hue, legend, marker
from .variants import Variant, best, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STEPS = 200
SETTLED = 20
"""The last steps, by whose mean loss a rate is judged."""
WINDOW = 15
"""The steps, around each, that a smooth line is the mean of."""
_REFERENCE = "sgd"


def training(spec: Optimizer, material: Material, edition: Edition) -> Shown:
    """One rule's losses, and plain gradient descent's to compare."""
    reference = [s for s in material.optimizers if s.module == _REFERENCE != spec.module]
    return _shown(f"training/{spec.module}", "training", [spec, *reference], material, edition)


def all_training(material: Material, edition: Edition) -> Shown:
    """The losses of all rules, smooth."""
    return _shown("training/all", "trainings", material.optimizers, material, edition)


def _shown(
    name: str, kind: str, specs: Sequence[Optimizer], material: Material, edition: Edition
) -> Shown:
    return shown(
        name,
        kind,
        edition,
        lambda words: _drawn([plain(spec, material) for spec in specs], words),
        numpy_code(material, [spec.module for spec in specs]),
        {
            "name": specs[0].name,
            "batch": str(digits.BATCH),
            "hidden": str(digits.HIDDEN),
            "settled": str(SETTLED),
            "window": str(WINDOW),
        },
    )


def _drawn(taken: Sequence[Variant], words: Words) -> "Figure":
    are_few = len(taken) <= 2
    made, (panel,) = figure(3.0 if are_few else 3.6)
    for i, variant in enumerate(taken):
        rate, losses = best_training(variant)
        colour = GREY if are_few and i else hue(i)
        if are_few:
            panel.plot(losses, color=colour, alpha=0.35, linewidth=0.7)
        panel.plot(
            smooth(losses),
            color=colour,
            marker=marker(i),
            # Marks of different lines stand at different steps.
            markevery=(3 * i, 3 * len(taken)),
            label=variant.labelled(words, rate),
        )
    _axes(panel, words)
    legend(made, panel, 2 if are_few else 3)
    return made


def _axes(panel: "Axes", words: Words) -> None:
    panel.set_yscale("log")
    panel.set_xlabel(words["axis-step"])
    panel.set_ylabel(words["axis-loss"])


def smooth(losses: Array) -> Array:
    """The mean of the steps around each, of fewer at the ends."""
    half = WINDOW // 2
    return np.array([losses[max(i - half, 0) : i + half + 1].mean() for i in range(len(losses))])


def train(optimizer: Any) -> Array:
    """The loss before each step, on the batch of that step."""
    params = digits.untrained()
    losses: list[float] = []
    with np.errstate(all="ignore"):
        for images, labels in _digits().batches(STEPS):
            loss, gradients = digits.loss_and_gradients(params, images, labels)
            losses.append(loss)
            try:
                optimizer.update(params, gradients)
            except ArithmeticError:  # in a state that is one number for all elements
                break
            if not loss < 1e3 * losses[0]:  # diverged, or no number
                break
    return np.array(losses)


def best_training(variant: Variant) -> tuple[float | None, Array]:
    """The rate whose losses end lowest, and those losses."""
    return _best(variant.rule, variant.has_rate)


@lru_cache(maxsize=64)
def _best(rule: Any, has_rate: bool) -> tuple[float | None, Array]:
    """Kept, as losses are drawn alone and with those of other rules."""
    variant = Variant("", rule, has_rate=has_rate)
    runs = ((rate, train(variant.made(rate))) for rate in variant.rates)
    return best(runs, lambda losses: (-len(losses), losses[-SETTLED:].mean()))


@cache
def _digits() -> digits.Digits:
    return digits.shuffled()
