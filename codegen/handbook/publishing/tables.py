"""Cells that know the title of their column, to show it where they stand below one another."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def setup(app: Sphinx) -> None:
    """Sphinx's extension."""
    app.add_node(nodes.entry, override=True, html=(_open, HTML5Translator.depart_entry))


def _open(translator: Any, node: nodes.entry) -> None:
    start = len(translator.body)
    HTML5Translator.visit_entry(translator, node)
    if title := _title(node):
        tag = translator.body[start]
        translator.body[start] = tag.replace("<td", f'<td data-title="{escape(title)}"', 1)


def _title(node: nodes.entry) -> str:
    """The title of its column, in a table that is stacked on a phone; else nothing."""
    row, body = node.parent, node.parent.parent
    group = body.parent
    if not isinstance(body, nodes.tbody) or "stacked" not in group.parent["classes"]:
        return ""
    (head,) = (each for each in group if isinstance(each, nodes.thead))
    return head[0][row.index(node)].astext()
