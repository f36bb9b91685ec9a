"""The words that readers look for a page by, beside those that are in it.

The table ``words/search.toml`` says of a word in a page's title what else it is called. In which
order what is found is shown, ``theme/scorer.js`` says. Words that only ask are not looked for: a
page that answers a question need not have them.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.util.typing import ExtensionMetadata

_ASKING = frozenset({"get", "need", "use", "using", "versus", "vs"})
"""Beside those that Sphinx leaves out."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Sphinx's extension."""
    app.add_config_value("synonyms", {}, "html", frozenset({dict}))
    app.connect("doctree-resolved", _add_words)
    SearchEnglish.stopwords = SearchEnglish.stopwords | _ASKING
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _add_words(app: Sphinx, page: nodes.document, name: str) -> None:
    indexer: Any = getattr(app.builder, "indexer", None)
    if indexer is None:  # in a book nobody searches
        return
    title = app.env.titles[name].astext().lower()
    for word, synonyms in app.config.synonyms.items():
        if word in title:
            words = ", ".join(indexer.lang.split(synonyms))
            page += nodes.meta(name="keywords", content=words)
