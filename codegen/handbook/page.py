"""What a page is, and a picture on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Picture:
    """One picture, drawn when it is needed.

    Args:
        name: its file below the folder of pictures, without a suffix: ``paths/adam``.
        digest: of everything it is drawn from; one with the same digest is not drawn again.
        draw: makes the figure. It is saved as SVG for the site and as PDF for the book, on a
            transparent ground, so its colours must read on white and on black.
    """

    name: str
    digest: str
    draw: "Callable[[], Figure]"


@dataclass(frozen=True)
class Page:
    """One page.

    Args:
        name: its path in the handbook, without a suffix: ``optimizers/adam``.
        text: MyST Markdown; its first line is the title.
        pictures: those it shows.
        files: other files it takes in, by path below the folder of sources: code to be shown.
    """

    name: str
    text: str
    pictures: Sequence[Picture] = ()
    files: Mapping[str, str] = field(default_factory=dict[str, str])
