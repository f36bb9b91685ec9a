"""The handbook as it is put on the web: one folder, which works below any address.

::

    index.html      sends a reader to the browser's language; without scripts, to English
    404.html        for addresses that lead nowhere
    .nojekyll       lets GitHub show folders that begin with an underscore
    en/, zh/        the site in each language, each with its books beside it
    versions/       earlier folders of this kind, as they were: versions/0.1.0/index.html
    versions/index.html, where there are any: a list of them

Links are relative, and every page has one to itself in the other language: all editions have the
same pages. What lies in ``versions/`` is the owner's, and is listed; to keep a version, put its
folder there. Nothing here knows an address of the handbook itself. That of the source is what the
package declares (``Source`` in ``project.urls``), or the repository in which GitHub builds it.
"""

import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import metadata
from pathlib import Path
from tempfile import TemporaryDirectory

from platformdirs import user_cache_path

from ...backends.rendering import environment
from ..edition import Edition
from .publish import EARLIER

BOOK, SHORT = "steprule-handbook.pdf", "steprule-derivations.pdf"
"""The files of the books: the whole handbook, and its derivations."""
_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True)
class Publication:
    """What is said of a handbook on the web, in every language.

    Args:
        date: the day it was made.
        languages: the names of the languages, in these, by their codes.
        source: the address of the source, or nothing.
        has_earlier: whether there are earlier versions beside it.
        has_short: whether the short book is, which is about no specs that were chosen.
    """

    date: date
    languages: Mapping[str, str]
    source: str
    has_earlier: bool
    has_short: bool


def publication(editions: Sequence[Edition], folder: Path, *, has_short: bool) -> Publication:
    """What is to be said of a handbook that is going to be in a folder."""
    languages = {each.language: each.words["site"]["language"] for each in editions}
    return Publication(_today(), languages, _source(), bool(_earlier(folder)), has_short)


@contextmanager
def staging() -> Iterator[Path]:
    """A folder in which to put together what is to be published."""
    place = user_cache_path("steprule") / "handbook"
    place.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="web-", dir=place) as folder:
        yield Path(folder)


def add(built: Path, to: Path) -> None:
    """Put a file or a folder there, which takes no room beside the workspace that it is from."""
    if built.is_dir():
        shutil.copytree(built, to, copy_function=os.link)
    else:
        os.link(built, to)


def write_root(staged: Path, said: Publication, folder: Path) -> None:
    """Write what lies above the languages.

    Args:
        staged: where to.
        said: of the handbook.
        folder: where all of it is going to be.
    """
    templates = environment(__name__.rpartition(".")[0], {})
    earlier = _earlier(folder)
    pages = {"index.html": "index", "404.html": "404"}
    if earlier:
        pages[f"{EARLIER}/index.html"] = "versions"
        (staged / EARLIER).mkdir()
    for file, name in pages.items():
        template = templates.get_template(f"{name}.html.j2")
        text = template.render(languages=said.languages, earlier=earlier)
        (staged / file).write_text(text, encoding="utf-8")
    (staged / ".nojekyll").touch()
    shutil.copy2(_STATIC / "favicon.svg", staged)


def _earlier(folder: Path) -> list[str]:
    """The versions that are kept in a folder, the newest first."""
    found = [file.parent.name for file in (folder / EARLIER).glob("*/index.html")]
    return sorted(found, key=lambda name: list(map(int, re.findall(r"\d+", name))), reverse=True)


def _today() -> date:
    """The day; for builds that can be repeated, the one that SOURCE_DATE_EPOCH names."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    return (datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime.now(UTC)).date()


def _source() -> str:
    declared = dict(each.split(", ", 1) for each in metadata("steprule").get_all("Project-URL", []))
    if "Source" in declared or "GITHUB_REPOSITORY" not in os.environ:
        return declared.get("Source", "")
    return f"{os.environ['GITHUB_SERVER_URL']}/{os.environ['GITHUB_REPOSITORY']}"
