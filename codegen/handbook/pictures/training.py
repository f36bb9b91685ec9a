"""The loss of a network that learns to read handwritten digits, step by step."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ....specs.language import Optimizer
from ...loading.load import builtin
from ..edition import Edition
from ..material import Material
from . import digits
from .drawn import side_by_side, take_step
from .landscapes import Array
from .shown import Shown, Words, numpy_code, shown
from .style import FAINT, GREY, figure, hue, legend, marker, small_multiples
from .variants import Variant, best, compared, plain, spaced, titled, variants

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STEPS = 120
RATES = spaced(1, 3)
"""The learning rates that are tried, fewer than on landscapes: 1 and 3 times powers of ten."""
SETTLED = 20
"""The last steps, by whose mean loss a rate is judged."""
_LOST = 10
"""Times the first loss: a run that comes to more, or to no number, is given up."""
WINDOW = 11
"""The steps, around each, that a smooth line is the mean of."""
_MARKED = 20
"""Every how many steps a line is marked; different lines at different steps."""


def training(spec: Optimizer, material: Material, edition: Edition) -> Shown:
    """One rule's losses, in all its variants, and plain gradient descent's to compare."""
    reference = builtin()["SGD"]
    beside = [] if spec.module == reference.module else [reference]

    def draw(words: Words) -> "Figure":
        taken = variants(spec, material, words)
        return _drawn(taken, [plain(other, material) for other in beside], words)

    name = f"training/{spec.module}"
    return _shown(name, "training", [spec, *beside], draw, material, edition)


def all_training(material: Material, edition: Edition) -> Shown:
    """The losses of several rules, each with its defaults."""
    specs = side_by_side(material.optimizers)

    def draw(words: Words) -> "Figure":
        return _of_each(compared(specs, material, words), words)

    return _shown("training/all", "trainings", specs, draw, material, edition)


def _shown(
    name: str,
    kind: str,
    specs: Sequence[Optimizer],
    draw: "Callable[[Words], Figure]",
    material: Material,
    edition: Edition,
) -> Shown:
    return shown(
        name,
        kind,
        edition,
        draw,
        numpy_code(material, [spec.module for spec in specs]),
        {
            "name": specs[0].name,
            "batch": str(digits.BATCH),
            "hidden": str(digits.HIDDEN),
            "settled": str(SETTLED),
            "window": str(WINDOW),
        },
    )


def _drawn(taken: Sequence[Variant], beside: Sequence[Variant], words: Words) -> "Figure":
    lines = [*taken, *beside]
    made, (panel,) = figure(3.2)
    for i, variant in enumerate(lines):
        rate, losses = best_training(variant)
        colour = GREY if variant in beside else hue(i)
        panel.plot(losses, color=colour, alpha=0.3, linewidth=0.6)
        panel.plot(
            smooth(losses),
            color=colour,
            marker=marker(i),
            markevery=(_MARKED * i // len(lines), _MARKED),
            label=variant.labelled(words, rate),
        )
    panel.set_yscale("log")
    panel.set_xlabel(words["axis-step"])
    panel.set_ylabel(words["axis-loss"])
    legend(made, panel)
    return made


def _of_each(taken: Sequence[Variant], words: Words) -> "Figure":
    """Each in a panel, with the others behind it."""
    made, panels = small_multiples(len(taken), 1.6)
    rates, losses = zip(*map(best_training, taken), strict=True)
    lines = [*map(smooth, losses)]
    for panel, variant, rate, own in zip(panels, taken, rates, lines, strict=True):
        for line in lines:
            panel.plot(line, color=FAINT, linewidth=0.8)
        panel.plot(own, color=hue(0))
        panel.set_title(titled(variant.label, [rate], words))
        panel.set_yscale("log")
    made.supxlabel(words["axis-step"])
    made.supylabel(words["axis-loss"])
    return made


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
            at = partial(digits.loss_and_gradients, images=images, labels=labels)
            try:
                take_step(optimizer, params, at, losses.append)
            except ArithmeticError:  # in a state that is one number for all elements
                break
            if not losses[-1] < _LOST * losses[0]:
                break
    return np.array(losses)


def best_training(variant: Variant) -> tuple[float | None, Array]:
    """The rate whose losses end lowest, and those losses."""
    return _best(variant.rule, tuple(variant.arguments.items()), variant.has_rate)


@lru_cache(maxsize=64)
def _best(
    rule: Any, arguments: tuple[tuple[str, Any], ...], has_rate: bool
) -> tuple[float | None, Array]:
    """Kept, as losses are drawn alone and with those of other rules."""
    variant = Variant("", rule, dict(arguments), has_rate)
    runs = ((rate, train(variant.made(rate))) for rate in variant.tried(RATES))
    return best(runs, lambda losses: (-len(losses), losses[-SETTLED:].mean()))


@cache
def _digits() -> digits.Digits:
    return digits.shuffled()
