"""What IPython shows of rules and of their classes: a page, with the code of a class.

Neither knows how it is shown. IPython is told of their types when ``steprule`` is imported within
it, and asks here. The page of a compiled class lies in its entry, so that SymPy is not imported.
"""

import html
import inspect
import json
from collections.abc import Callable
from typing import Any

from ..needs import advice
from ..showing.page import Page
from . import entries
from .finding import LENGTH
from .known import FOLDERS, PAGE

_PACKAGE = __name__.partition(".")[0]


def as_html(shown: Any) -> str | None:
    """A spec or a class of one as HTML; of anything else, nothing."""
    return _shown(shown, Page.html, lambda error: f"<p>{html.escape(error)}</p>")


def as_markdown(shown: Any) -> str | None:
    """The same as Markdown."""
    return _shown(shown, Page.markdown, lambda error: f"```\n{error}\n```\n")


def _shown(
    shown: Any, written: Callable[[Page, str], str], told: Callable[[str], str]
) -> str | None:
    try:
        page = _of_class(shown) if inspect.isclass(shown) else _of_spec(shown)
    except ModuleNotFoundError as error:
        if advice(error.name, "show a rule"):
            return None  # what is shown is what is without IPython
        raise
    if isinstance(page, Page):
        return written(page, inspect.getsource(shown) if inspect.isclass(shown) else "")
    return told(page) if page else None


def _of_spec(spec: Any) -> Page | str:
    """Its page; of one that is not valid, what is wrong with it."""
    from ...specs.language import SpecError
    from .making import page_of_spec

    try:
        return page_of_spec(spec)
    except SpecError as error:
        return str(error)


def _of_class(shown: type) -> Page | str | None:
    """The page of a class that was compiled, or that this package has; of others, none."""
    package, _, path = shown.__module__.partition(".")
    backend, _, stem = path.rpartition(".")
    if package != _PACKAGE or backend.partition(".")[0] not in FOLDERS:
        return None
    entry = entries.find(stem[-LENGTH:])
    if entry is not None and (entry / PAGE).is_file():
        return Page.of(json.loads((entry / PAGE).read_bytes()))
    if stem != shown.__name__.lower():
        return None  # a base class
    from ..loading.selection import one

    return _of_spec(one(stem))
