"""Cells of tables, as those who listen and those with a phone need them.

A cell knows the title of its column, to show it where cells stand below one another. A title that
is empty is none.
"""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator


def setup(app: Sphinx) -> ExtensionMetadata:
    """Sphinx's extension."""
    app.add_node(nodes.entry, override=True, html=(_open, HTML5Translator.depart_entry))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _open(translator: Any, node: nodes.entry) -> None:
    start = len(translator.body)
    HTML5Translator.visit_entry(translator, node)
    if title := _title(node):
        _replace(translator.body, start, "<td", f'<td data-title="{escape(title)}"')
    elif not node.astext():
        _replace(translator.body, start, "<th", "<td")
        _replace(translator.context, -1, "</th", "</td")


def _replace(texts: list[str], place: int, old: str, new: str) -> None:
    texts[place] = texts[place].replace(old, new, 1)


def _title(node: nodes.entry) -> str:
    """The title of its column, in a table that is stacked on a phone; else nothing."""
    row, body = node.parent, node.parent.parent
    table = body.parent.parent
    if not isinstance(body, nodes.tbody) or "stacked" not in table["classes"]:
        return ""
    (head,) = table.findall(nodes.thead)
    titles = [*head.findall(nodes.entry)]
    return titles[row.index(node)].astext()
