"""The papers that rules, claims and chapters name as their sources, each with what names it."""

import re
from collections.abc import Iterable, Iterator

from ...loading.stacks import operators
from ..edition import Edition
from ..markdown import table
from ..material import Material
from ..page import Page
from ..proofs.claims import link
from ..rules.settings import tuned
from ..writer import Writer, linked
from .parts import page_link

_NAME = r"(?:van |von |de )?[A-ZÉÖ][\w'-]+"
_WORK = re.compile(
    rf"(?P<authors>{_NAME}(?:, {_NAME})*(?: & {_NAME})?(?: et al\.| 等)?),? \(?"
    rf"(?P<year>\d{{4}}),(?: \*[^*]+\*,| [^;:()（）]*?,)? (?P<id>arXiv:\d{{4}}\.\d{{4,5}})"
)
_SPACE = re.compile(r"\s+")


def works(text: str) -> Iterator[tuple[str, str]]:
    """The papers that a text names by author, year and arXiv number: that number, and the rest."""
    for found in _WORK.finditer(_SPACE.sub(" ", text)):
        yield found["id"], f"{found['authors']}, {found['year']}"


def bibliography_page(material: Material, edition: Edition) -> list[Page]:
    """One page; none where the handbook is about chosen specs alone."""
    if not material.is_complete:
        return []
    about = edition.words["bibliography"]["about"]
    return [bibliography(_sources(material, edition), about, edition)]


def bibliography(sources: Iterable[tuple[str, str]], about: str, edition: Edition) -> Page:
    """The page of the works that texts name.

    Args:
        sources: texts, and links to where they stand.
        about: what is said above the works, whose number it may tell.
        edition: the language.
    """
    write = Writer(edition, "bibliography")
    known: dict[str, str] = {}
    named: dict[str, list[str]] = {}
    for text, where in sources:
        for number, work in works(text):
            # Whoever names most of the authors names the work.
            known[number] = max(known.get(number, ""), work, key=len)
            places = named.setdefault(number, [])
            if where not in places:
                places.append(where)
    rows = [
        [linked(edition.cited(f"{work}, {number}")), write.joined(named[number])]
        for number, work in sorted(known.items(), key=lambda each: (each[1].lower(), each[0]))
    ]
    text = f"# {write.word('title')}\n\n{about.format(count=len(rows))}\n\n"
    head = [write.word("work"), write.word("named")]
    return Page("bibliography", text + table(head, rows, is_stacked=True))


def _sources(material: Material, edition: Edition) -> Iterator[tuple[str, str]]:
    """Texts, and links to where they stand."""
    for spec in (*material.optimizers, *material.schedules):
        yield spec.source, page_link(spec)
    named = {spec.name: spec for spec in material.optimizers}
    for spec in material.optimizers:
        name, found = tuned(spec)
        where = page_link(named.get(name, spec))
        yield from ((each.setting.source, where) for each in found)
    for operator in operators().values():
        yield operator.source, f"[`{operator.name}`](/operators/{operator.name}.md)"
    for name, text in edition.chapters.items():
        yield text, f"[](/{name}.md)"
    for settled in material.settled.values():
        yield settled.claim.source, link(settled.claim)
