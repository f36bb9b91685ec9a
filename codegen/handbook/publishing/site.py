"""The site in one language: HTML that needs neither a network nor a server, nor scripts to be read.

What builds it is imported where it is built: that a command is listed asks for none of it.

On the web it stands beside others: then each page leads to itself in the other languages, to the
book, and to a page about the handbook, which says how to cite it.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..edition import Edition
from .build import build, sphinx_language
from .web import BOOK, SHORT, Publication
from .workspace import Workspace

_STATIC = Path(__file__).parent / "static"
_THEME = Path(__file__).parent / "theme"


def site(
    space: Workspace,
    edition: Edition,
    progress: Callable[[str], None],
    publication: Publication | None = None,
) -> Path:
    """The folder with the site.

    Args:
        space: where its sources are.
        edition: whose words stand around the pages.
        progress: told of each step.
        publication: what is said of it on the web.

    Raises:
        BuildError: Sphinx complains.
    """
    _fill_static(space.static)
    settings = {
        "html_theme": "furo",
        "html_title": "steprule",
        "html_favicon": str(_STATIC / "favicon.svg"),
        "html_static_path": [str(space.static)],
        "html_css_files": ["handbook.css"],
        "html_js_files": [("handbook.js", {"defer": "defer"})],
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_copyright": False,
        "html_use_index": False,
        "html_math_renderer": "mathml",
        "html_sidebars": {"**": _SIDEBARS},
        "html_search_scorer": str(_THEME / "scorer.js"),
        "opens": edition.words["site"]["opens"],
        "synonyms": dict(edition.words["search"]),
        "html_context": _context(edition, publication),
        "html_additional_pages": {"about": "about.html"} if publication else {},
        "templates_path": [str(_THEME)],
        "copybutton_exclude": ".linenos, .gp, .go",
    }
    return build("html", space, edition.language, settings, progress)


_SIDEBARS = [
    "sidebar/brand.html",
    "sidebar_languages.html",
    "sidebar/search.html",
    "sidebar/scroll-start.html",
    "sidebar_navigation.html",
    "sidebar/scroll-end.html",
]


def _context(edition: Edition, publication: Publication | None) -> dict[str, Any]:
    """What the templates of pages are told."""
    words = {**edition.words["site"], "title": edition.words["contents"]["title"]}
    if publication is None:
        return {"words": words, "publication": None}
    from babel.dates import format_date

    locale = sphinx_language(edition.language)
    said = {
        "book": BOOK,
        "short": SHORT if publication.has_short else "",
        "day": format_date(publication.date, "long", locale=locale),
        "year": publication.date.year,
        "language": edition.language,
        "languages": dict(publication.languages),
        "source": publication.source,
        "has_earlier": publication.has_earlier,
    }
    return {"words": words, "publication": said}


def _fill_static(folder: Path) -> None:
    """What pages have in common, with the font of their formulas."""
    from .mathematics import font

    shutil.copytree(_STATIC, folder, dirs_exist_ok=True)
    (folder / "mathematics.woff2").write_bytes(font())
