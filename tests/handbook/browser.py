"""A site looked at in a real browser, Chromium, with the network switched off."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a page."""

    page: str
    what: str


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # As root, in a container, Chromium cannot make its sandbox.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass(frozen=True)
class Seen:
    """A page as it is seen.

    Args:
        problems: what is wrong with it.
        height: in pixels, in a wide window, as it is opened: what is folded is folded.
    """

    problems: list[str]
    height: int


def seen(browser: Any, site: Path, names: Sequence[str] = ()) -> dict[str, Seen]:
    """Open every page of a site, or those named, and look: by path in the folder.

    Args:
        browser: from :func:`chromium`.
        site: its folder.
        names: of pages, by path in the folder; none for all.
    """
    found: dict[str, Seen] = {}
    context = browser.new_context(viewport=WIDE, offline=True)
    for file in [site / n for n in names] or sorted(site.rglob("*.html")):
        page = context.new_page()
        heard = _listen(page)
        page.goto(file.as_uri())
        page.evaluate("document.fonts.ready")
        height = page.evaluate("document.documentElement.scrollHeight")
        problems = [*heard, *page.evaluate(_LOOK)]
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            problems += page.evaluate(_OVERFLOW)
        problems += page.evaluate(_SQUEEZED)
        found[file.relative_to(site).as_posix()] = Seen(problems, height)
        page.close()
    context.close()
    return found


def faults(pages: Mapping[str, Seen]) -> list[Fault]:
    """What is wrong with pages that were seen."""
    return [Fault(name, problem) for name, each in pages.items() for problem in each.problems]


def barriers(
    browser: Any, site: Path, names: Sequence[str], size: dict[str, int], scheme: str
) -> list[Fault]:
    """What axe finds that keeps people out, who listen, or have a keyboard alone, or see less.

    Args:
        browser: from :func:`chromium`.
        site: its folder.
        names: of pages, by path in the folder.
        size: of the window.
        scheme: ``light`` or ``dark``.
    """
    from axe_playwright_python.sync_playwright import Axe

    found: list[Fault] = []
    context = browser.new_context(viewport=size, color_scheme=scheme, offline=True)
    for name in names:
        page = context.new_page()
        page.goto((site / name).as_uri())
        page.evaluate("document.fonts.ready")
        for each in Axe().run(page).response["violations"]:
            found += [Fault(name, f"{each['id']}: {node['html']}") for node in each["nodes"]]
        page.close()
    context.close()
    return found


def _listen(page: Any) -> list[str]:
    """Whatever goes wrong from now on."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(f"error: {error}"))
    page.on(
        "console",
        lambda message: (
            heard.append(f"console: {message.text}")
            if message.type in ("error", "warning")
            else None
        ),
    )
    page.on("requestfailed", lambda request: heard.append(f"not loaded: {request.url}"))
    return heard


_LOOK = r"""
() => {
  const found = [];
  for (const formula of document.querySelectorAll("math")) {
    const said = formula.textContent.slice(0, 80);
    const isEmpty = !formula.getBoundingClientRect().width;
    if (isEmpty && formula.checkVisibility()) found.push(`empty formula: ${said}`);
    if (formula.querySelector("merror")) found.push(`formula with an error: ${said}`);
    if (/\\[a-zA-Z(\[]/.test(formula.textContent)) found.push(`formula left as source: ${said}`);
  }
  const fonts = [...document.fonts].filter((font) => font.family.includes("Mathematics"));
  if (document.querySelector("math") && !fonts.some((font) => font.status === "loaded"))
    found.push("formulas without their font");
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const parent = words.currentNode.parentElement;
    if (parent.closest("script, style, pre, code, math")) continue;
    const source = words.currentNode.data.match(/\$[^$]*\$|\\[a-zA-Z]+|\{[a-z]+\}`|:::/);
    if (source) found.push(`source in the text: ${words.currentNode.data.trim().slice(0, 80)}`);
  }
  for (const image of document.images)
    if (!image.complete || !image.naturalWidth) found.push(`picture not shown: ${image.src}`);
  for (const image of document.images)
    if (!image.alt) found.push(`picture without words: ${image.src}`);
  return found;
}
"""

_OVERFLOW = """
() => {
  const width = document.documentElement.clientWidth;
  const article = document.querySelector("article") ?? document.body;
  // What scrolls by itself may hold something wider.
  const scrolls = (element) => ["auto", "scroll"].includes(getComputedStyle(element).overflowX);
  const held = (element) => {
    for (let e = element; e !== article; e = e.parentElement) if (scrolls(e)) return true;
    return false;
  };
  return [...article.querySelectorAll("*")]
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !held(e))
    .slice(0, 3)
    .map((e) => `wider than its window of ${width}: ${e.localName} ${e.textContent.slice(0, 60)}`);
}
"""

_SQUEEZED = """
() => [...document.querySelectorAll("table.stacked td")]
  .filter((e) => e.checkVisibility())
  .filter((e) => e.clientWidth < e.closest("table").clientWidth - 1)
  .slice(0, 3)
  .map((e) => `${e.clientWidth} wide in a stacked table: ${e.textContent.slice(0, 60)}`)
"""
