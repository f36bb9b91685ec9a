"""The list of all pages beside each page, with the way to that page open.

Sphinx makes it for each page from the nodes of all, and the theme reads what Sphinx has made and
writes it again: of hundreds of pages that takes longer than all else. Here it is made of the titles
of the pages, each written once, and is otherwise what the theme would have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import count
from typing import Any

from docutils import nodes
from sphinx.addnodes import toctree
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

_EARLIER = 400
"""Than the theme, which makes its own of what it is given."""


@dataclass(frozen=True)
class _Entry:
    """A page: its title as HTML and as text, and the pages below it."""

    page: str
    title: str
    text: str
    below: Sequence["_Entry"]

    def holds(self, page: str) -> bool:
        """Whether a page is this or below it."""
        return self.page == page or any(each.holds(page) for each in self.below)


@dataclass(frozen=True)
class _Part:
    title: str
    entries: Sequence[_Entry]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Sphinx's extension; templates are given ``navigation``."""
    app.add_config_value("opens", "{}", "html", frozenset({str}))
    known: list[_Part] = []

    def give(
        app: Sphinx, name: str, template: str, context: dict[str, Any], page: nodes.document | None
    ) -> None:
        if not known:
            known.extend(_parts(app, app.config.root_doc))
        context["navigation"] = _written(known, name, app)
        context["toctree"] = lambda **options: ""

    app.connect("html-page-context", give, priority=_EARLIER)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _parts(app: Sphinx, page: str) -> Iterator[_Part]:
    for tree in app.env.tocs[page].findall(toctree):
        yield _Part(tree.get("caption") or "", [_entry(app, name) for _, name in tree["entries"]])


def _entry(app: Sphinx, page: str) -> _Entry:
    builder: Any = app.builder
    title = app.env.titles[page]
    below = [entry for part in _parts(app, page) for entry in part.entries]
    return _Entry(page, builder.render_partial(title)["title"], title.astext(), below)


def _written(parts: Sequence[_Part], page: str, app: Sphinx) -> str:
    """The list as HTML, beside a page."""
    boxes = count(1)

    def items(entries: Sequence[_Entry], level: int) -> str:
        return f"<ul>{''.join(item(each, level) for each in entries)}</ul>"

    def item(entry: _Entry, level: int) -> str:
        is_open = entry.holds(page)
        of = [f"toctree-l{level}", *(["has-children"] if entry.below else [])]
        of += ["current"] if is_open else []
        link = f'href="{app.builder.get_relative_uri(page, entry.page)}"'
        if entry.page == page:
            of.append("current-page")
            link = 'href="#" aria-current="page"'
        text = f'<li class="{" ".join(of)}"><a class="reference internal" {link}>{entry.title}</a>'
        if entry.below:
            box = f"toctree-checkbox-{next(boxes)}"
            says = escape(app.config.opens.format(entry.text))
            text += (
                f'<input{" checked" if is_open else ""} aria-label="{says}" id="{box}" '
                f'class="toctree-checkbox" name="{box}" role="switch" type="checkbox">'
                f'<label for="{box}"><span class="icon"><svg><use href="#svg-arrow-right"></use>'
                f"</svg></span></label>{items(entry.below, level + 1)}"
            )
        return f"{text}</li>"

    return "\n".join(
        (
            f'<p class="caption" role="heading" aria-level="2">'
            f'<span class="caption-text">{escape(part.title)}</span></p>'
            if part.title
            else ""
        )
        + items(part.entries, 1)
        for part in parts
    )
