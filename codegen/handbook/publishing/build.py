"""One run of Sphinx over the sources: its settings, its progress, its complaints."""

import os
import shutil
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import Any

from click import unstyle

from .workspace import Workspace

_LANGUAGES = {"en": "en", "zh": "zh_CN"}
"""Sphinx's names of ours."""
_PACKAGE = __name__.rpartition(".")[0]


class BuildError(Exception):
    """Sphinx or LaTeX cannot make of the sources what it should."""


class _Status:
    """The stream Sphinx reports to, cut into lines."""

    def __init__(self, progress: Callable[[str], None]) -> None:
        self._progress = progress
        self._rest = ""

    def write(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).replace("\r", "\n").split("\n")
        for line in lines:
            if line.strip():
                self._progress(line.strip())

    def flush(self) -> None:
        pass


def build(
    builder: str,
    space: Workspace,
    language: str,
    settings: Mapping[str, Any],
    progress: Callable[[str], None],
) -> Path:
    """Build the sources; the folder with what was made of them.

    Args:
        builder: ``dirhtml``, ``html`` or ``latex``.
        space: where the sources are.
        language: of the texts that Sphinx adds.
        settings: of this builder, beside those for all.
        progress: told each line of Sphinx's report.

    Raises:
        BuildError: Sphinx complains of anything at all.
    """
    from sphinx import locale
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from .chinese import SearchChinese

    complaints = StringIO()

    def said() -> str:
        return unstyle(complaints.getvalue())

    common = {
        "project": "steprule",
        "author": "",
        "copyright": "",
        "release": version("steprule"),
        "language": sphinx_language(language),
        "extensions": [
            "myst_parser",
            "sphinx_design",
            "sphinx_copybutton",
            f"{_PACKAGE}.mathematics",
            f"{_PACKAGE}.description",
            f"{_PACKAGE}.navigation",
            f"{_PACKAGE}.search",
            f"{_PACKAGE}.tables",
        ],
        "myst_enable_extensions": [
            "attrs_block",
            "attrs_inline",
            "colon_fence",
            "deflist",
            "dollarmath",
            "fieldlist",
        ],
        "myst_heading_anchors": 3,
        # Equations are numbered on each page by themselves: no other page shifts them.
        "math_numfig": False,
        "math_number_all": False,
        "highlight_language": "python",
        "today": "",
    }
    locale.translators.clear()  # Sphinx would add to the words of an earlier build here
    # What is imported while there are no words looks them up anew in every build.
    import_module("sphinx.domains.python")
    try:
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                srcdir=space.sources,
                confdir=None,
                outdir=space.output(builder),
                doctreedir=space.doctrees,
                buildername=builder,
                confoverrides={**common, **settings},
                status=_Status(progress),  # pyright: ignore[reportArgumentType]
                warning=complaints,
                parallel=os.cpu_count() or 1,
            )
            app.add_search_language(SearchChinese)
            app.connect("env-before-read-docs", _forget)
            app.build()
    except SphinxError as error:
        raise BuildError(f"Sphinx stops: {error}\n{said()}".strip()) from error
    if app.statuscode or said():
        # A page that was complained of would not be read, or complained of, again.
        shutil.rmtree(space.doctrees, ignore_errors=True)
        raise BuildError(f"Sphinx complains:\n{said()}".strip())
    return space.output(builder)


def sphinx_language(language: str) -> str:
    """Sphinx's name of a language."""
    return _LANGUAGES.get(language, language)


def _forget(app: Any, env: Any, names: list[str]) -> None:
    """Forget all pages that are to be read again, before the first is.

    Sphinx itself forgets each as it comes to it: a label that moved to an earlier page would be
    there twice.
    """
    for name in names:
        app.emit("env-purge-doc", env, name)
        env.clear_doc(name)
