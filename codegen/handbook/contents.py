"""The order of the pages: parts of the handbook, as tables of contents on the pages above them.

A page ``folder/index`` lists the pages of its folder, in the order in which they were made; the
home page lists all others, in parts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from .edition import Edition
from .markdown import directive
from .page import Page

HOME = "index"

PARTS = {
    "derivations": (
        "reading",
        "ground",
        "taylor",
        "estimators",
        "momentum",
        "heavy-ball",
        "nesterov",
        "adaptive",
        "adam",
        "bias-correction",
        "forgetting",
        "weight-decay",
        "nadam",
        "adam-and-momentum",
        "clipping",
    ),
    "practice": ("choosing", "rates", "schedules", "rate-free", "averaging"),
    "families": ("signs", "reductions", "matrices", "composition"),
    "use": ("recipes", "api/index"),
    "rules": (
        "optimizers/index",
        "schedules/index",
        "gradients",
        "operators/index",
        "comparison",
        "terms",
        "elsewhere",
        "writing",
        "rule-recipes",
    ),
    "notebooks": ("notebooks/compile", "notebooks/write"),
    "proofs": ("claims/index",),
    "appendix": ("exercises", "convergence", "errata", "bibliography", "symbols"),
}
"""The pages below the home page, by the key of the part's title."""


@dataclass(frozen=True)
class _List:
    title: str
    names: Sequence[str]


def ordered(pages: Sequence[Page], edition: Edition) -> list[Page]:
    """The pages with their tables of contents.

    Raises:
        ValueError: a page is in no part, or two have one name.
    """
    names = [page.name for page in pages]
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"two pages have the name {', '.join(sorted(repeated))}")
    listed = {name: list(_lists(name, names, edition)) for name in names}
    reached = {HOME, *(name for lists in listed.values() for each in lists for name in each.names)}
    lost = [name for name in names if name not in reached]
    if lost:
        raise ValueError(f"no part of the contents has the page {', '.join(lost)}")
    return [
        replace(page, text=page.text + "".join(map(_toctree, listed[page.name])))
        if listed[page.name]
        else page
        for page in pages
    ]


def _lists(name: str, names: Sequence[str], edition: Edition) -> Iterator[_List]:
    folder, _, last = name.rpartition("/")
    if name == HOME:
        for key, members in PARTS.items():
            present = [member for member in members if member in names]
            if present:
                yield _List(edition.words["contents"][key], present)
    elif last == HOME:
        yield _List("", [n for n in names if n.startswith(f"{folder}/") and n != name])


def _toctree(each: _List) -> str:
    caption = f":caption: {each.title}\n" if each.title else ""
    entries = "\n".join(f"/{name}" for name in each.names)
    # The book's command for a part, as it is on its first page alone.
    part = directive("raw", "latex", rf"\bookpart{{{each.title}}}") if each.title else ""
    return f"\n{part}\n" + directive("toctree", "", f":hidden:\n{caption}\n{entries}")
