"""One look for every picture, and the files it is saved as.

The ground is transparent, so every colour stands out from white and from :data:`DARK` alike.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..page import Picture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DARK = "#131416"
"""The ground of the site's dark theme."""

GREY = "#808080"
FAINT = "#8080804d"
"""Of what lies behind the data: grids, contours."""

HUES = (
    "#2a7fc9",
    "#d2601a",
    "#15976b",
    "#b264b8",
    "#a97f00",
    "#d14a63",
    "#1793a5",
    "#7a73dd",
    "#8a8f3c",
)
"""Told apart by the colour-blind, together with :data:`MARKERS`: neighbours differ in both."""

MARKERS = "os^Dv<P>X"

WIDTH = 4.5
"""Of every picture, in inches: with it a letter stays readable on a phone, and a book's page
takes the picture as it is.
"""

_ABREAST = 3
"""Panels in a row of small multiples."""

_CHINESE = ("Noto Sans CJK SC", "Noto Serif CJK SC", "Noto Sans CJK JP", "Droid Sans Fallback")
"""The families that Chinese words are set in, the first that is installed."""


def figure(
    height: float, rows: int = 1, columns: int = 1, **arguments: Any
) -> "tuple[Figure, Sequence[Axes]]":
    """A figure with its panels, row by row."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(WIDTH, height), layout="constrained")
    return made, list(made.subplots(rows, columns, squeeze=False, **arguments).flat)


def legend(made: "Figure", panel: "Axes", columns: int = 2) -> None:
    """The names of a panel's lines, above the data and not over them."""
    handles, labels = panel.get_legend_handles_labels()
    made.legend(handles, labels, loc="outside upper center", ncols=min(columns, len(labels)))


def small_multiples(count: int, height: float) -> "tuple[Figure, Sequence[Axes]]":
    """A figure with panels alike, three in a row, that share their axes.

    Args:
        count: of the panels.
        height: of each row, in inches.
    """
    rows = -(-count // _ABREAST)
    made, panels = figure(height * rows, rows, min(count, _ABREAST), sharex=True, sharey=True)
    for spare in panels[count:]:
        spare.remove()
    for lowest in panels[max(count - _ABREAST, 0) : count]:
        lowest.tick_params(labelbottom=True)
    return made, panels[:count]


def hue(index: int) -> str:
    return HUES[index % len(HUES)]


def marker(index: int) -> str:
    return MARKERS[index % len(MARKERS)]


def rendered(picture: Picture) -> dict[str, bytes]:
    """A picture's files by suffix; the same picture gives the same bytes, whenever it is drawn."""
    with _look(picture.name):
        made = picture.draw()
        svg = _saved(made, "svg", {"Date": None})
        made.set_layout_engine("none")  # it stays as it has been laid out
        return {".svg": svg, ".pdf": _saved(made, "pdf", {"CreationDate": None})}


def _saved(made: "Figure", form: str, metadata: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    made.savefig(stream, format=form, metadata=metadata, transparent=True)
    return stream.getvalue()


@cache
def _chinese() -> list[str]:
    from matplotlib.font_manager import findSystemFonts, fontManager

    # Matplotlib's list of fonts may be older than their installation.
    for file in findSystemFonts():
        if "CJK" in Path(file).name:
            fontManager.addfont(file)
    return [family for family in _CHINESE if family in set(fontManager.get_font_names())]


@contextmanager
def _look(salt: str) -> Iterator[None]:
    import matplotlib

    grey = dict.fromkeys(
        ("axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "text.color"), GREY
    )
    settings: dict[Any, Any] = grey | {
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.unicode_minus": True,
        "font.family": ["DejaVu Sans", *_chinese()],
        "font.size": 9,
        "axes.titlesize": 8,
        "legend.fontsize": 8.5,
        "legend.frameon": False,
        "legend.handlelength": 1.8,
        "lines.linewidth": 1.4,
        "lines.markersize": 3,
        "mathtext.fontset": "dejavusans",
        "path.simplify_threshold": 0.2,
        "svg.fonttype": "path",
        "svg.hashsalt": salt,
    }
    with matplotlib.rc_context(rc=settings):
        yield
