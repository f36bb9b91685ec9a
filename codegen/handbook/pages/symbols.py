"""The index of symbols: what stands in the equations, what it means, and where it occurs."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ....specs.language import Choice, Option, Spec, theta
from ...backends.latex import LatexPrinter
from ..edition import Edition
from ..markdown import code, inline, table
from ..material import Material
from ..page import Page
from ..writer import Writer
from .parts import page_link

_GENERAL = {
    "parameter": r"\theta_t",
    "loss": r"\nabla f(\theta_{t-1})",
    "step_t": "t",
    "rate": r"\eta_k",
    "step_k": "k",
}
"""What all optimizers or all schedules have in common."""


@dataclass(frozen=True)
class _Entry:
    """A symbol in one spec, with a link to where it stands there."""

    tex: str
    meaning: str
    place: str


def symbols_page(material: Material, edition: Edition) -> list[Page]:
    """All symbols of all specs on one page; none where there is no spec."""
    if not material.specs:
        return []
    write = Writer(edition, "symbols")
    general = table(
        [write.word("symbol"), write.word("meaning")],
        [[inline(tex), write.word(key)] for key, tex in _GENERAL.items()],
    )
    parts = {
        "general": general,
        "arguments": _table(_arguments(material, write), write),
        "states": _table(_states(material), write),
        "intermediates": _table(_intermediates(material), write),
    }
    text = f"# {write.word('title')}\n\n{write.word('about')}\n"
    text += "".join(f"\n## {write.word(key)}\n\n{body}" for key, body in parts.items() if body)
    return [Page("symbols", text)]


def _arguments(material: Material, write: Writer) -> Iterator[_Entry]:
    for spec in material.specs:
        names = LatexPrinter(spec).names
        for h in spec.hyper:
            if not isinstance(h, Option | Choice):
                yield _Entry(names.of(h.name).tex, write.said(h.doc), page_link(spec))


def _states(material: Material) -> Iterator[_Entry]:
    for spec in material.specs:
        printer = LatexPrinter(spec)
        for s in spec.states:
            tex = printer.expression(s.series[spec.clock])
            yield _Entry(tex, code(s.key), _equation_link(spec, s.name))


def _intermediates(material: Material) -> Iterator[_Entry]:
    for spec in material.specs:
        printer = LatexPrinter(spec)
        for u in spec.updates:
            if u.target.name not in {theta.name, *spec.results, *(s.name for s in spec.states)}:
                yield _Entry(printer.expression(u.target), "", _equation_link(spec, u.target.name))


def _table(entries: Iterator[_Entry], write: Writer) -> str:
    """One row a symbol and meaning, with all places."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        places[entry.tex, entry.meaning].append(entry.place)
    has_meaning = any(meaning for _, meaning in places)
    rows = [
        [inline(tex), *([meaning] if has_meaning else []), write.joined(found)]
        for (tex, meaning), found in sorted(places.items(), key=lambda item: _letters(*item[0]))
    ]
    keys = ["symbol", *(["meaning"] if has_meaning else []), "places"]
    return table([write.word(key) for key in keys], rows, is_stacked=True) if rows else ""


def _letters(tex: str, meaning: str) -> tuple[str, str, str]:
    """What to sort by: the letters of a symbol, without its accents."""
    bare = re.sub(r"\\(?:hat|tilde|bar|mathrm|max|min)\b", "", tex)
    return "".join(re.findall(r"[A-Za-z0-9]+", bare)).lower(), tex, meaning


def _equation_link(spec: Spec, name: str) -> str:
    """The page, and the number of the equation on it."""
    return f"{page_link(spec)} {{eq}}`eq-{spec.module}-{name}`"
