"""Where claims are used: the chapters that rest on them, and the pages of what they are about."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ....specs.language.claims import Claim
from ...loading.load import transforms
from ...loading.stacks import operators
from ..edition import Edition
from ..markdown import escaped
from ..material import Material
from ..proofs.relations import subjects
from .parts import page_link

_NAMED = re.compile(r'"([\w-]+)"')
"""What a chapter calls for by its name."""


def uses(material: Material, edition: Edition) -> Mapping[str, Sequence[str]]:
    """Links by the names of claims, each without doubles: chapters first, then rules."""
    pages = _pages(material)
    chapters = edition.chapters if material.is_complete else {}
    named = {chapter: {*_NAMED.findall(text)} for chapter, text in chapters.items()}
    return {
        name: [
            *(f"[](/{chapter}.md)" for chapter, found in named.items() if name in found),
            *_of(settled.claim, pages),
        ]
        for name, settled in material.settled.items()
    }


def _of(claim: Claim, pages: Mapping[str, str]) -> Iterator[str]:
    yield from (pages[name] for name in subjects(claim) if name in pages)


def _pages(material: Material) -> dict[str, str]:
    """Links to the pages of what claims can be about, by name."""
    found = {s.name: page_link(s) for s in material.specs if s.name in material.builtin}
    if material.optimizers:
        found |= {name: f"[{name}](/gradients.md)" for name in transforms()}
    if material.is_complete:
        found |= {name: f"[{escaped(name)}](/operators/{name}.md)" for name in operators()}
    return found
