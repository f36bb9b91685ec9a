"""The folder that is put on the web: both languages, and what lies above them."""

import re
from datetime import date
from pathlib import Path

import pytest
from steprule.codegen.handbook.edition import edition, languages
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.publishing.publish import publish_folder
from steprule.codegen.handbook.publishing.site import site
from steprule.codegen.handbook.publishing.web import (
    BOOK,
    SHORT,
    Publication,
    add,
    publication,
    staging,
    write_root,
)
from steprule.codegen.handbook.publishing.workspace import Workspace, fill

from .links import broken_links

PAGES = [
    Page(
        "index", "# Home\n\nA formula, $x$.\n\nWhat it is about.\n\n:::{toctree}\ndeep/page\n:::\n"
    ),
    Page("deep/page", "# Deep\n\nBelow."),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It, with one version before it; a book is no more than a file here."""
    place = tmp_path_factory.mktemp("web")
    folder = place / "steprule"
    (folder / "versions" / "0.0.9").mkdir(parents=True)
    (folder / "versions" / "0.0.9" / "index.html").write_text("old")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1000000000")
        patch.setenv("GITHUB_SERVER_URL", "https://example.org")
        patch.setenv("GITHUB_REPOSITORY", "someone/fork")
        patch.setenv("XDG_CACHE_HOME", str(place / "cache"))
        said = publication([edition(each) for each in languages()], folder, has_short=True)
        with staging() as staged:
            for language in languages():
                space = Workspace(place / "cache" / language)
                fill(space, PAGES)
                add(site(space, edition(language), lambda line: None, said), staged / language)
                (space.folder / "made.pdf").write_text("%PDF")
                for name in (BOOK, SHORT):
                    add(space.folder / "made.pdf", staged / language / name)
            write_root(staged, said, folder)
            publish_folder(staged, folder)
    return folder


def test_every_link_leads_somewhere(folder: Path) -> None:
    """So it works below any address: none begins at the root of a server."""
    assert broken_links(folder) == []
    for file in folder.rglob("*.html"):
        assert not re.findall(r'(?:href|src)="/', file.read_text()), file


@pytest.mark.parametrize("name", ["index.html", "deep/page.html", "search.html", "about.html"])
def test_a_page_leads_to_itself_in_the_other_language(folder: Path, name: str) -> None:
    up = "../" * (name.count("/") + 1)
    for language, other in (("en", "zh"), ("zh", "en")):
        text = (folder / language / name).read_text()
        links = re.findall(rf'<a href="([^"]+)" hreflang="{other}"', text)
        assert set(links) == {f"{up}{other}/{name}"}
        assert f'<link rel="alternate" hreflang="{other}" href="{up}{other}/{name}">' in text


def test_the_root_leads_to_the_languages(folder: Path) -> None:
    text = (folder / "index.html").read_text()
    assert '<noscript><meta http-equiv="refresh" content="0; url=en/index.html"></noscript>' in text
    assert re.findall(r'<a href="([^"]+)"', text) == ["en/index.html", "zh/index.html"]
    assert (folder / ".nojekyll").is_file()
    assert (folder / "404.html").is_file()


def test_a_page_says_what_it_is_of(folder: Path) -> None:
    home = (folder / "en" / "index.html").read_text()
    assert '<meta name="description" content="What it is about.">' in home
    colophon = home[home.index('<div class="colophon">') :]
    assert "September 9, 2001" in colophon
    assert f'href="{BOOK}"' in colophon
    assert 'href="https://example.org/someone/fork"' in colophon
    assert "2001年9月9日" in (folder / "zh" / "index.html").read_text()


def test_it_says_how_to_cite_it(folder: Path) -> None:
    text = (folder / "en" / "about.html").read_text()
    assert "@software{steprule,\n  author  = {{the steprule authors}},\n" in text
    assert "  year    = {2001},\n  url     = {https://example.org/someone/fork},\n}" in text


def test_earlier_versions_stay_and_are_listed(folder: Path) -> None:
    assert (folder / "versions" / "0.0.9" / "index.html").read_text() == "old"
    assert 'href="0.0.9/index.html"' in (folder / "versions" / "index.html").read_text()
    assert 'href="../versions/index.html"' in (folder / "zh" / "about.html").read_text()


def test_the_newest_of_them_is_first(tmp_path: Path) -> None:
    for name in ("0.2.0", "0.10.0", "0.9.1"):
        (tmp_path / "versions" / name).mkdir(parents=True)
        (tmp_path / "versions" / name / "index.html").touch()
    said = Publication(date(2001, 9, 9), {"en": "English"}, "", has_earlier=True, has_short=False)
    (staged := tmp_path / "staged").mkdir()
    write_root(staged, said, tmp_path)
    listed = re.findall(r'"(\d[\d.]+)/index', (staged / "versions" / "index.html").read_text())
    assert listed == ["0.10.0", "0.9.1", "0.2.0"]


def test_a_site_by_itself_says_nothing_of_others(tmp_path: Path) -> None:
    space = Workspace(tmp_path)
    fill(space, PAGES)
    built = site(space, edition(), lambda line: None)
    assert "hreflang" not in (built / "index.html").read_text()
    assert not (built / "about.html").exists()
    assert broken_links(built) == []
