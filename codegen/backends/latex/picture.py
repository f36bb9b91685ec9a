"""The picture of a schedule: its curve as plots of pgfplots, one a quantity."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from ....specs.language import Schedule, eta, mu
from ...program.compiled import CompiledSchedule
from .curve import FLAT_FROM, curve
from .escape import escaped
from .given import given
from .notation import METRIC
from .polyline import Point, polyline
from .printer import LatexPrinter

_A_LINE = 6
"""Coordinates on one line of the file."""


@dataclass(frozen=True)
class Plot:
    """One set of axes: what is drawn, the style of its lines, and the coordinates of each."""

    label: str
    style: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Picture:
    """The plots, one under the other over the same steps, and the caption as LaTeX."""

    plots: tuple[Plot, ...]
    span: int
    caption: str


def picture(compiled: CompiledSchedule, printer: LatexPrinter) -> Picture:
    """The curve of the schedule's example, as the generated code computes it.

    Raises:
        SpecError: the generated class refuses the example, or fails for it.
    """
    schedule, drawn = compiled.spec, curve(compiled)
    plots = [_plot(eta.name, printer, drawn.rates)]
    if set(drawn.momenta) != {None}:
        plots.append(_plot(mu.name, printer, drawn.momenta))
    return Picture(tuple(plots), schedule.span, _caption(schedule, printer, len(plots)))


def _caption(schedule: Schedule, printer: LatexPrinter, plots: int) -> str:
    what = "rate and momentum" if plots > 1 else "rate"
    caption = f"The {what} of {escaped(schedule.name)}"
    if schedule.example:
        caption += f" for {given(schedule, schedule.example)}"
    if schedule.takes_metric:
        caption += rf", with the metric ${METRIC}_k = 1 / \min(k, {FLAT_FROM})$"
    return caption


def _plot(name: str, printer: LatexPrinter, values: Sequence[float | None]) -> Plot:
    label = printer.names.of(name).at("k").tex
    style = "step rule rate" if name == eta.name else "step rule momentum"
    return Plot(f"${label}$", style, tuple(map(_coordinates, _lines(values))))


def _lines(values: Sequence[float | None]) -> list[list[Point]]:
    """A line for each run of steps at which there is a value."""
    runs = groupby(enumerate(values), key=lambda entry: entry[1] is not None)
    found: list[list[Point]] = []
    for there, run in runs:
        if there:
            steps, present = zip(*run, strict=True)
            found.append(polyline(present, steps[0]))
    return found


def _coordinates(points: Sequence[Point]) -> str:
    shown = [f"({step},{value.normalize():f})" for step, value in points]
    rows = (shown[i : i + _A_LINE] for i in range(0, len(shown), _A_LINE))
    return "\n".join(" ".join(row) for row in rows)
