"""The learning rate of a schedule, and its momentum, step by step."""

from typing import TYPE_CHECKING

from ....specs.language import Schedule, SpecError
from ...backends.latex.curve import Curve, curve
from ...backends.latex.polyline import polyline
from ...notation.memo import once
from ...program.compiled import compiled
from ..edition import Edition
from .shown import Shown, Words, shown
from .style import figure, hue

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 96, 24
"""Of a curve in a list, in its own units."""


def rates(schedule: Schedule, edition: Edition) -> Shown | None:
    """A schedule's curve over its span; None where its example cannot be drawn."""
    drawn = _known(schedule)
    if drawn is None:
        return None
    return shown(
        f"curves/{schedule.module}",
        "curve-of-metric" if schedule.takes_metric else "curve",
        edition,
        lambda words: _drawn(drawn, words),
        [repr(drawn)],
        {"name": schedule.name, "steps": str(schedule.span)},
    )


def sparkline(schedule: Schedule) -> str:
    """The curve of the rate without axes, beside a name in a list: SVG, in the colour of text.

    Empty where its example cannot be drawn. It says nothing that the name's page does not.
    """
    drawn = _known(schedule)
    if drawn is None:
        return ""
    across, up = _WIDTH / max(1, len(drawn.rates) - 1), _HEIGHT / (max(drawn.rates) or 1)
    points = [(step * across, _HEIGHT - rate * up) for step, rate in enumerate(drawn.rates)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    box = f"0 -1 {_WIDTH} {_HEIGHT + 2}"
    return (
        f'<svg class="curve" viewBox="{box}" aria-hidden="true"><polyline points="{line}"/></svg>'
    )


@once
def _known(schedule: Schedule) -> Curve | None:
    try:
        return curve(compiled(schedule))
    except SpecError:
        return None


def _drawn(drawn: Curve, words: Words) -> "Figure":
    momenta = [m for m in drawn.momenta if m is not None]
    lines = {words["axis-rate"]: drawn.rates}
    if momenta:
        lines[words["axis-momentum"]] = tuple(momenta)
    made, panels = figure(1.2 + 1.3 * len(lines), len(lines), sharex=True)
    for i, (panel, (label, values)) in enumerate(zip(panels, lines.items(), strict=True)):
        panel.plot(*zip(*polyline(values), strict=True), color=hue(i))
        panel.set_ylabel(label)
        panel.set_ylim(bottom=min(0, *values) if i == 0 else None)
    panels[-1].locator_params(axis="x", integer=True)
    panels[-1].set_xlabel(words["axis-step"])
    return made
