"""What a page is about, in a sentence or two: what search engines show of it."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

_LENGTH = 200


def setup(app: Sphinx) -> ExtensionMetadata:
    """Sphinx's extension."""
    app.connect("html-page-context", _describe)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _describe(
    app: Sphinx, name: str, template: str, context: dict[str, Any], page: nodes.document | None
) -> None:
    if page is not None:
        context["description"] = description(page)


def description(page: nodes.document) -> str:
    """Its first paragraph that stands by itself and has no formula in it."""
    for paragraph in page.findall(nodes.paragraph):
        is_text = isinstance(paragraph.parent, nodes.section)
        if is_text and next(paragraph.findall(nodes.math), None) is None:
            text = " ".join(paragraph.astext().split())
            return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"
    return ""
