"""The short book: the derivations by themselves, with a bibliography and an index of their own.

It is made of the chapters of the handbook. What they link to and it has not is named without a
link: a claim by the name that ``steprule prove`` takes.
"""

import re
from dataclasses import replace

from .contents import HOME, PARTS
from .edition import Edition
from .material import Material
from .page import Page
from .pages.bibliography import bibliography
from .pages.chapters import chapter_pages

CHAPTERS = (*PARTS["derivations"], *PARTS["practice"], *PARTS["families"], "convergence")

_LINK = re.compile(r"(?<!!)\[(?P<text>(?:[^\[\]\\]|\\.)*)\]\((?:#[\w-]+|/?(?P<page>[\w/-]+)\.md)\)")
_RULES = ("optimizers/", "schedules/", "operators/")
_COMMA = ", "
_BLOCK = re.compile(r"(\n{2,})")
_PROSE = re.compile(r"(?![#|:`$<(]|- \$)")
"""How a paragraph begins in which terms are looked for."""
_MARKED = r"\$[^$]*\$|\{[\w:]+\}`[^`]*`|`[^`]*`|\[(?:[^\[\]\\]|\\.)*\]\([^)]*\)|https?://\S+"
"""What they are not looked for in: formulas, code, links."""


def short_pages(material: Material, edition: Edition) -> list[Page]:
    """Its pages, the first one home."""
    found = {page.name: page for page in chapter_pages(material, edition)}
    words = edition.words["short"]
    # Chapters are what stands below a section of it, as in the book of the whole handbook.
    home = Page(HOME, f"# {words['title']}\n\n## {words['preface']}\n\n{words['about']}\n")
    chapters = [_alone(found[name], edition) for name in CHAPTERS if name in found]
    sources = [(edition.chapters[page.name], f"[](/{page.name}.md)") for page in chapters]
    pages = [home, *chapters, bibliography(sources, words["works"], edition)]
    return [replace(page, text=edition.typeset(page.text)) for page in pages]


def _alone(chapter: Page, edition: Edition) -> Page:
    """A chapter without links out of the book, and with entries for its index."""
    return replace(chapter, text=_indexed(_LINK.sub(_unlinked, chapter.text), edition))


def _unlinked(found: re.Match[str]) -> str:
    text, page = found["text"], found["page"]
    if page in CHAPTERS:
        return found[0]
    is_rule = page is not None and page.startswith(_RULES)
    return f"{{index}}`{text}`" if is_rule and re.fullmatch(r"\w+", text) else text


def _indexed(text: str, edition: Edition) -> str:
    """The first place in a chapter at which each term stands is an entry."""
    left = sorted(edition.words["short"]["terms"].split(_COMMA), key=len, reverse=True)
    return "".join(
        _entered(block, left) if _PROSE.match(block) else block for block in _BLOCK.split(text)
    )


def _entered(block: str, left: list[str]) -> str:
    """A paragraph with the entries of terms that stand in it, which are then no longer left."""

    def enter(found: re.Match[str]) -> str:
        term = " ".join(found[0].split())
        if found["term"] is None or term not in left:
            return found[0]
        left.remove(term)
        return f"{{index}}`{term}`"

    terms = "|".join(re.escape(term).replace(r"\ ", r"\s+") for term in left)
    return re.sub(f"{_MARKED}|(?P<term>{_bounded(terms)})", enter, block) if left else block


def _bounded(terms: str) -> str:
    """Of Latin letters whole words alone."""
    return rf"(?<![A-Za-z-])(?:{terms})(?![A-Za-z-])"
