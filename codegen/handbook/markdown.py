r"""MyST Markdown, as pages are made of it, and the templates that make it.

Templates have the delimiters ``<< >>``, ``<% %>`` and ``<# #>``: Jinja's own would be LaTeX
groups and comments.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from .page import Picture

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#$|~:])")


def environment(helpers: Mapping[str, Callable[..., Any]]) -> Environment:
    """The templates of pages.

    Args:
        helpers: the functions they may call.
    """
    env = Environment(
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        loader=PackageLoader(__name__.rpartition(".")[0]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    env.globals.update(helpers)
    env.filters |= {"text": escaped, "inline": inline, "code": code}
    return env


def escaped(text: str) -> str:
    """Plain text, with nothing in it that Markdown would take for a construct."""
    return _SPECIAL.sub(r"\\\1", text)


def code(text: str) -> str:
    """A word of code within a line."""
    return f"{{code}}`{text}`" if "`" not in text else f"`` {text} ``"


def inline(latex: str) -> str:
    """A formula within a line."""
    return f"${latex}$"


def display(rows: Sequence[str], label: str = "") -> str:
    """A formula on lines of its own, numbered where it has a label; ``&`` aligns the rows."""
    # Blank lines would end a row, and Sphinx aligns the rows itself.
    body = " \\\\\n".join(rows)
    return directive("math", "", f":label: {label}\n\n{body}" if label else body)


def directive(name: str, argument: str, body: str) -> str:
    """A directive fenced by more colons than stand in its body."""
    longest = max((len(run) for run in re.findall(r"^:{3,}", body, re.MULTILINE)), default=2)
    fence = ":" * (longest + 1)
    return f"{fence}{{{name}}} {argument}".rstrip() + f"\n{body}\n{fence}\n"


def figure(picture: Picture, caption: str, alt: str) -> str:
    """A picture with its caption, as vectors on the site and in the book."""
    options = f":alt: {alt}\n:name: fig-{picture.name.replace('/', '-')}\n"
    return directive("figure", f"/pictures/{picture.name}.*", f"{options}\n{caption}")
