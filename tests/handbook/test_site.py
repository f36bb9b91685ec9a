"""The whole site, as a reader's browser shows it without a network."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.publishing.site import site as build_site
from steprule.codegen.handbook.publishing.workspace import Workspace

from .browser import CHROMIUM, NARROW, WIDE, Seen, barriers, faults, seen
from .conftest import KINDS
from .links import broken_links

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None and "CI" not in os.environ, reason="needs Chromium"),
]


HIGHEST, HEAVIEST = 8000, 600_000
"""How many pixels high and bytes large a page may be at a desk."""
REFERENCES = {
    f"{name}.html"
    for name in ("symbols", "bibliography", "elsewhere", "claims/index", "api/index", "recipes")
} | {"optimizers/kron.html"}
"""Pages to look something up in, which may be higher; and the rule of some forty equations."""


@pytest.fixture(scope="module")
def site(sources: Workspace) -> Path:
    return build_site(sources, edition(), lambda line: None)


@pytest.fixture(scope="module")
def drawn_site(drawn_sources: Workspace) -> Path:
    return build_site(drawn_sources, edition(), lambda line: None)


@pytest.fixture(scope="module")
def pages_seen(browser: Any, site: Path) -> Mapping[str, Seen]:
    return seen(browser, site, [f"{name}.html" for name in [*KINDS, "search"]])


@pytest.fixture(scope="module")
def all_seen(browser: Any, drawn_site: Path) -> Mapping[str, Seen]:
    return seen(browser, drawn_site)


def test_pages_are_shown_as_they_should_be(pages_seen: Mapping[str, Seen]) -> None:
    assert faults(pages_seen) == []


@pytest.mark.exhaustive
def test_every_page_is_shown_as_it_should_be(all_seen: Mapping[str, Seen]) -> None:
    assert faults(all_seen) == []


def test_no_page_is_long(site: Path, pages_seen: Mapping[str, Seen]) -> None:
    _are_short(site, pages_seen)


@pytest.mark.exhaustive
def test_no_page_of_all_is_long(drawn_site: Path, all_seen: Mapping[str, Seen]) -> None:
    _are_short(drawn_site, all_seen)


def _are_short(site: Path, pages: Mapping[str, Seen]) -> None:
    assert {name for name in pages if (site / name).stat().st_size > HEAVIEST} == set()
    heights = {name: page.height for name, page in pages.items() if name not in REFERENCES}
    assert {name: height for name, height in heights.items() if height > HIGHEST} == {}


def test_every_link_leads_somewhere(site: Path) -> None:
    assert broken_links(site) == []


@pytest.mark.exhaustive
def test_every_link_of_every_page_leads_somewhere(drawn_site: Path) -> None:
    assert broken_links(drawn_site) == []


LONG = ["optimizers/adam", "claims/momentum"]
"""Pages on which everything takes long to look at."""


@pytest.mark.parametrize(
    ("size", "scheme", "names"),
    [
        (WIDE, "light", ["index"]),
        (NARROW, "dark", ["gradients"]),
        pytest.param(WIDE, "light", ["search"], marks=pytest.mark.exhaustive),
        pytest.param(NARROW, "dark", ["schedules/onecyclelr"], marks=pytest.mark.exhaustive),
        pytest.param(WIDE, "light", ["nesterov"], marks=pytest.mark.exhaustive),
        pytest.param(NARROW, "dark", ["index"], marks=pytest.mark.exhaustive),
        pytest.param(WIDE, "dark", LONG, marks=pytest.mark.exhaustive),
        pytest.param(NARROW, "light", LONG, marks=pytest.mark.exhaustive),
    ],
)
def test_nothing_keeps_people_out(
    browser: Any, site: Path, size: dict[str, int], scheme: str, names: list[str]
) -> None:
    assert barriers(browser, site, [f"{name}.html" for name in names], size, scheme) == []


@pytest.mark.parametrize(
    ("query", "name", "before"),
    [
        ("Adam", "optimizers/adam", 1),
        ("Nesterov+difference", "nesterov", 1),
        pytest.param("weight+decay", "weight-decay", 1, marks=pytest.mark.exhaustive),
        pytest.param("heavy+ball", "heavy-ball", 1, marks=pytest.mark.exhaustive),
    ],
)
def test_a_search_finds_the_page(
    browser: Any, site: Path, query: str, name: str, before: int
) -> None:
    page = browser.new_page()
    page.goto((site / "search.html").as_uri() + f"?q={query}")
    page.wait_for_selector("#search-results li a")
    found = page.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")
    page.close()
    assert any(f"/{name}.html" in link for link in found[:before])


@pytest.mark.parametrize(("scheme", "is_light"), [("light", True), ("dark", False)])
def test_the_ground_is_the_readers(browser: Any, site: Path, scheme: str, is_light: bool) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    context.close()
    red, green, blue = (int(c) for c in colour.removeprefix("rgb(").rstrip(")").split(","))
    assert (red + green + blue > 3 * 128) is is_light
