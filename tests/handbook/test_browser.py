"""What the browser check notices; without it, that a site passes would mean nothing."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from steprule.codegen.handbook.edition import edition
from steprule.codegen.handbook.page import Page
from steprule.codegen.handbook.publishing.site import site
from steprule.codegen.handbook.publishing.workspace import Workspace, fill

from .browser import CHROMIUM, NARROW, WIDE, barriers, faults, seen
from .links import broken_links

pytestmark = pytest.mark.skipif(
    CHROMIUM is None and "CI" not in os.environ, reason="needs Chromium"
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    space = Workspace(tmp_path_factory.mktemp("good"))
    long = " + ".join(f"x_{{{i}}}" for i in range(40))
    text = f"# Home\n\n:::{{math}}\n{long}\n:::\n\n"
    text += "Inline $x^2$.\n\n"
    # What no line can break, with room for it at a desk and none on a phone.
    part = " + ".join(long.split(" + ")[:12])
    whole = rf"\begin{{cases}} {part} \\ b \end{{cases}}"
    text += f"Of text ${whole}$.\n\n$$\n\\theta_t = \\frac{{1}}{{2}} g_t\n$$\n\n`code \\with $x$`\n"
    fill(space, [Page("index", text)])
    return site(space, edition(), lambda line: None)


@pytest.fixture
def changed(good: Path, tmp_path: Path) -> Path:
    """The page, to be broken by a test."""
    page = tmp_path / "index.html"
    page.write_text((good / "index.html").read_text())
    shutil.copytree(good / "_static", tmp_path / "_static")
    return page


def _whats(browser: Any, page: Path) -> str:
    return "\n".join(seen(browser, page.parent, [page.name])[page.name].problems)


def _replace(page: Path, old: str, new: str) -> None:
    text = page.read_text()
    assert old in text
    page.write_text(text.replace(old, new, 1))


def test_a_good_site_passes(browser: Any, good: Path) -> None:
    assert faults(seen(browser, good)) == []
    assert broken_links(good) == []


def test_a_formula_is_set_without_scripts(browser: Any, good: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((good / "index.html").as_uri())
    fraction = page.locator("mfrac").bounding_box()
    context.close()
    assert fraction["height"] > 2 * fraction["width"]


def test_the_keyboard_reaches_what_scrolls_and_nothing_else(browser: Any, good: Path) -> None:
    page = browser.new_page(viewport=NARROW)
    page.goto((good / "index.html").as_uri())
    long, short = page.locator("div.math").all()
    page.wait_for_function("document.querySelector('div.math').tabIndex === 0")
    assert short.get_attribute("tabindex") is None
    long.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('div.math').scrollLeft > 0")
    page.close()


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(WIDE, "light"), pytest.param(NARROW, "dark", marks=pytest.mark.exhaustive)],
)
def test_a_good_page_keeps_nobody_out(
    browser: Any, good: Path, size: dict[str, int], scheme: str
) -> None:
    assert barriers(browser, good, ["index.html"], size, scheme) == []


def test_what_keeps_people_out_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "Inline", '<span style="color: #999; background: #fff">pale</span> Inline')
    (fault,) = barriers(browser, changed.parent, ["index.html"], WIDE, "light")
    assert fault.what.startswith("color-contrast: <span")


def test_a_formula_left_as_source_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "<mfrac>", r"<mi>\frac</mi><mfrac>")
    assert "formula left as source" in _whats(browser, changed)


def test_an_empty_formula_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "Inline", "Inline <math></math>")
    assert "empty formula" in _whats(browser, changed)


def test_formulas_without_their_font_are_noticed(browser: Any, changed: Path) -> None:
    (changed.parent / "_static" / "mathematics.woff2").unlink()
    assert "formulas without their font" in _whats(browser, changed)


def test_source_in_the_text_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "Inline", r"Inline $y$ and")
    assert "source in the text" in _whats(browser, changed)


def test_a_missing_picture_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "Inline", '<img src="gone.svg" alt="gone"> Inline')
    assert "picture not shown" in _whats(browser, changed)


def test_what_asks_for_the_network_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "Inline", '<img src="https://example.org/a.svg" alt="a"> Inline')
    assert "not loaded: https://example.org/a.svg" in _whats(browser, changed)


def test_an_error_of_a_script_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "</body>", "<script>nothing.there()</script></body>")
    assert "nothing is not defined" in _whats(browser, changed)


def test_a_page_wider_than_a_phone_is_noticed(browser: Any, changed: Path) -> None:
    _replace(changed, "Inline", '<span style="display: block; width: 700px">wide</span>')
    assert "wider than its window of 390" in _whats(browser, changed)


def test_links_to_nowhere_are_found(changed: Path) -> None:
    _replace(changed, "Inline", '<a href="gone.html">x</a> <a href="#nowhere">y</a>')
    found = broken_links(changed.parent)
    assert {"index.html: gone.html", "index.html: #nowhere"} <= set(found)


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Path:
    space = Workspace(tmp_path_factory.mktemp("chinese"))
    texts = {
        "index": "# 手册\n\n```{toctree}\n:hidden:\n\ndecay\nweights\n```\n",
        "decay": "# 甲\n\n解耦的权重衰减，见 AdamW 与 running averages。\n",
        "weights": "# 乙\n\n权重之和，以及学习率的衰减，见 Adam。\n",
    }
    fill(space, [Page(name, text) for name, text in texts.items()])
    return site(space, edition("zh"), lambda line: None)


@pytest.fixture(scope="module")
def searching(browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("权重衰减", ["decay"]),
        ("权重", ["decay", "weights"]),
        ("学习率 Adam", ["weights"]),
        ("average", ["decay"]),
        ("动量", []),
        # What asks is not asked for, nor what stands on either side of a border between words.
        ("学习率怎么选", ["weights"]),
        ("权重和衰减的区别", ["decay", "weights"]),
        ("解耦权重", ["decay"]),
    ],
)
def test_a_chinese_site_is_searched(
    searching: Any, chinese: Path, query: str, found: list[str]
) -> None:
    searching.goto((chinese / "search.html").as_uri() + f"?q={query}")
    searching.wait_for_function("document.querySelector('.search-summary')?.textContent.trim()")
    links = searching.eval_on_selector_all("#search-results li a", "all => all.map(a => a.href)")
    assert sorted(Path(link.partition("?")[0]).stem for link in links) == found
