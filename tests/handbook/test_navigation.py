"""The list of pages beside each page, read from what is built."""

from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from steprule.codegen.handbook.contents import ordered
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.publishing.site import site
from steprule.codegen.handbook.publishing.workspace import Workspace, fill

PAGES = {
    "index": "Home",
    "momentum": "Momentum & more",
    "optimizers/index": "Optimizers",
    "optimizers/adam": "Adam",
    "optimizers/sgd": "SGD with $\\mu$",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    space = Workspace(tmp_path_factory.mktemp("navigation"))
    pages = [Page(name, f"# {title}\n\nText.\n") for name, title in PAGES.items()]
    fill(space, ordered(pages, edition()))
    return site(space, edition(), lambda line: None)


def _list(built: Path, page: str) -> Any:
    text = (built / f"{page}.html").read_text()
    return BeautifulSoup(text, "html.parser").select_one(".sidebar-tree")


@pytest.mark.parametrize(
    ("page", "links"),
    [
        ("index", ["momentum", "optimizers/index", "optimizers/adam", "optimizers/sgd"]),
        ("momentum", [None, "optimizers/index", "optimizers/adam", "optimizers/sgd"]),
        ("optimizers/index", ["../momentum", None, "adam", "sgd"]),
        ("optimizers/adam", ["../momentum", "index", None, "sgd"]),
    ],
)
def test_links_lead_from_where_one_is(built: Path, page: str, links: list[str | None]) -> None:
    """A page does not lead to itself."""
    found = [a["href"] for a in _list(built, page).select("li > a")]
    assert found == [f"{link}.html" if link else "#" for link in links]


def test_titles_and_parts(built: Path) -> None:
    shown = _list(built, "optimizers/adam")
    parts = edition().words["contents"]
    captions = [p.text for p in shown.select("p.caption")]
    assert captions == [parts["derivations"], parts["rules"]]
    titles = [a.text for a in shown.select("li > a")]
    assert titles[:3] == ["Momentum & more", "Optimizers", "Adam"]
    assert shown.select("li > a")[-1].find("math")


@pytest.mark.parametrize(
    ("page", "is_open"),
    [("momentum", False), ("optimizers/index", True), ("optimizers/sgd", True)],
)
def test_the_way_to_the_page_is_open(built: Path, page: str, is_open: bool) -> None:
    shown = _list(built, page)
    (box,) = shown.select("input")
    assert box.has_attr("checked") is is_open
    assert box["aria-label"] == "Pages below Optimizers"
    assert shown.select_one(f"label[for={box['id']}]")
    (here,) = shown.select("[aria-current=page]")
    assert here.text.startswith(PAGES[page].partition("$")[0])
    assert here.find_parent("li")["class"][-1] == "current-page"
