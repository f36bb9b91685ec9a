"""MyST Markdown, as pages are made of it, and the templates that make it.

Templates have the delimiters ``<< >>``, ``<% %>`` and ``<# #>``.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import Environment

from ..backends import rendering
from ..backends.latex.letters import GREEK
from .measure import shares
from .page import Picture

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$|~:])")
_CODE = re.compile(r"\\texttt\{(?=[\x00-\x7f]*?\})")
_CHINESE = re.compile("[\u3400-\u9fff]")


def environment(helpers: Mapping[str, Callable[..., Any]]) -> Environment:
    """The templates of pages.

    Args:
        helpers: the functions they may call.
    """
    package = __name__.rpartition(".")[0]
    env = rendering.environment(package, helpers, rendering.LATEX_DELIMITERS)
    env.filters |= {"text": escaped, "inline": inline, "code": code, "capital": capital}
    return env


def escaped(text: str) -> str:
    """Plain text, with nothing in it that Markdown would take for a construct."""
    return _SPECIAL.sub(r"\\\1", text)


def capital(sentence: str) -> str:
    """The sentence with a capital letter first; what begins one in Chinese is a name.

    A Greek letter stands for a number, and its capital for another.
    """
    is_kept = _CHINESE.search(sentence) or sentence[:1] in GREEK
    return sentence if is_kept else sentence[:1].upper() + sentence[1:]


def code(text: str) -> str:
    """A word of code within a line."""
    return f"{{code}}`{text}`" if "`" not in text else f"`` {text} ``"


def inline(latex: str) -> str:
    """A formula within a line."""
    return f"${_code_as_math(latex)}$"


def tall(latex: str) -> str:
    """A formula within a line or a cell, as high as one on a line of its own."""
    return inline(rf"\displaystyle {latex}")


def display(rows: Sequence[str], label: str = "") -> str:
    """A formula on lines of its own, numbered where it has a label; ``&`` aligns the rows."""
    # Blank lines would end a row, and Sphinx aligns the rows itself.
    body = " \\\\\n".join(map(_code_as_math, rows))
    return directive("math", "", f":label: {label}\n\n{body}" if label else body)


def equations(sides: Sequence[tuple[str, str]]) -> str:
    """Equations under one another, aligned; nothing where there is none."""
    sign = " &= " if len(sides) > 1 else " = "
    return display([sign.join(each) for each in sides]) if sides else ""


def _code_as_math(latex: str) -> str:
    # A name of code is set with the formula's own letters, where it has them, not as text among
    # them.
    return _CODE.sub(r"\\mathtt{", latex)


_TABLE = 96
"""What a row of a table in the book has room for, in letters, if it has one column."""
_GAP = 3
"""Between two columns."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, is_stacked: bool = False) -> str:
    """A table of cells in Markdown.

    Args:
        head: the titles of the columns.
        rows: the cells.
        is_stacked: on a phone, a row's cells stand below one another, each with its title.
    """
    lines = [head, ["---"] * len(head), *rows]
    text = "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    # In the book: there code breaks only where a table would be too wide.
    widths = [share + _GAP for share in shares([head, *rows], _TABLE - _GAP * len(head))]
    whole = max(_TABLE, sum(widths))
    columns = "".join(rf"\X{{{width}}}{{{whole}}}" for width in widths)
    attributes = "{.stacked}\n" if is_stacked else ""
    return f"{directive('tabularcolumns', columns, '')}\n{attributes}{text}"


def tabs(items: Mapping[str, str], group: str = "") -> str:
    """Texts under titles, one of which is shown at a time; in the book, one after the other.

    Args:
        items: the texts by title.
        group: tabs of one group are switched together.
    """
    shared = f":sync-group: {group}\n" if group else ""
    shown = [
        directive("tab-item", title, (f":sync: {title}\n" if group else "") + f"\n{text}")
        for title, text in items.items()
    ]
    return directive("tab-set", "", f"{shared}\n" + "\n".join(shown))


def folded(title: str, body: str) -> str:
    """A text under a title, which a reader unfolds, without scripts too; in the book it is open."""
    return directive("dropdown", title, f"\n{body}")


def grid(items: Iterable[str]) -> str:
    """What stands side by side in two columns; on a phone and in the book, below one another."""
    shown = "\n".join(directive("grid-item", "", f"\n{each}") for each in items)
    return directive("grid", "1 1 2 2", f":gutter: 3\n\n{shown}")


def labelled(items: Mapping[str, str]) -> str:
    """Texts beside their labels; on a phone and in the book, below them."""
    pairs = [
        directive("grid-item", "", f":columns: {columns}\n\n{text}")
        for label, shown in items.items()
        for columns, text in (("12 12 2 2", f"**{label}**"), ("12 12 10 10", shown))
    ]
    return directive("grid", "1", ":gutter: 1\n\n" + "\n".join(pairs))


def directive(name: str, argument: str, body: str) -> str:
    """A directive fenced by more colons than stand in its body."""
    longest = max((len(run) for run in re.findall(r"^:{3,}", body, re.MULTILINE)), default=2)
    fence = ":" * (longest + 1)
    return f"{fence}{{{name}}} {argument}".rstrip() + f"\n{body}\n{fence}\n"


def figure(picture: Picture, caption: str, alt: str) -> str:
    """A picture with its caption, as vectors on the site and in the book."""
    options = f":alt: {alt}\n:name: fig-{picture.name.replace('/', '-')}\n"
    return directive("figure", f"/pictures/{picture.name}.*", f"{options}\n{caption}")
