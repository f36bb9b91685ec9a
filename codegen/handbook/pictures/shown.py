"""A picture with its words, and the digest of what it is drawn from."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ...files.cache import digest
from ..edition import Edition
from ..material import Material
from ..page import Picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Words = Mapping[str, str]
"""What is written in a picture, by key."""

_AROUND = ("-caption", "-alt")
_SHARED = ("_blocks", "_engines", "_optimizer", "_trees", "_ufuncs")


class Shown(NamedTuple):
    """What :func:`..markdown.figure` takes."""

    picture: Picture
    caption: str
    alt: str


def shown(
    name: str,
    kind: str,
    edition: Edition,
    draw: "Callable[[Words], Figure]",
    code: Iterable[str],
    placeholders: Mapping[str, str],
) -> Shown:
    """A picture with its caption and what it is to those who cannot see it.

    Args:
        name: the picture's.
        kind: of picture; its texts have the keys ``<kind>-caption`` and ``<kind>-alt``.
        edition: the language.
        draw: makes the figure with the words that stand in it.
        code: all that the data are made by, or the data, as text.
        placeholders: what the texts leave open.
    """
    texts = edition.words["pictures"]
    words = {key: text for key, text in texts.items() if not key.endswith(_AROUND)}
    drawn_from = digest(
        name, *code, *map(str, words.items()), *map(str, placeholders.items()), _drawing()
    )
    return Shown(
        Picture(name, drawn_from, lambda: draw(words)),
        texts[f"{kind}-caption"].format_map(placeholders),
        texts[f"{kind}-alt"].format_map(placeholders),
    )


def numpy_code(material: Material, modules: Iterable[str]) -> list[str]:
    """The generated NumPy code of rules, and what all rules share."""
    return [material.code[f"numpy/{name}.py"] for name in (*_SHARED, *modules)]


@cache
def _drawing() -> str:
    """Of everything that draws: after a change to any of it all pictures are drawn again."""
    here = Path(__file__).parent
    files = sorted(here.glob("*.py"))
    libraries = (f"{name} {version(name)}" for name in ("matplotlib", "numpy"))
    return digest(*(file.read_text(encoding="utf-8") for file in files), *libraries)
