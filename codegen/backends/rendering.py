"""Jinja, as backends and handbook use it: strict about undefined names, quiet about white space."""

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from ..loading.fingerprint import fingerprint

LINE_LENGTH = 100
"""Of generated code; the formatter's too."""


class Delimiters(TypedDict, total=False):
    """What starts and ends statements, expressions and comments in a template."""

    block_start_string: str
    block_end_string: str
    variable_start_string: str
    variable_end_string: str
    comment_start_string: str
    comment_end_string: str


LATEX_DELIMITERS = Delimiters(
    block_start_string="<%",
    block_end_string="%>",
    variable_start_string="<<",
    variable_end_string=">>",
    comment_start_string="<#",
    comment_end_string="#>",
)
"""Where formulas stand: Jinja's own would be LaTeX groups and comments."""


def environment(
    package: str,
    helpers: Mapping[str, Callable[..., Any]],
    delimiters: Delimiters | None = None,
) -> Environment:
    """The templates of a package: a backend's, or the handbook's.

    Args:
        package: its name; the templates lie in its folder ``templates``, those that several
            backends use in this package's own.
        helpers: the functions they may call.
        delimiters: in place of Jinja's own, where those mean something in the language.
    """
    env = Environment(
        **(delimiters or Delimiters()),
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(__name__.rpartition(".")[0])]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    env.globals.update(helpers)
    env.filters |= {
        "wrapped": wrapped,
        "quoted": quoted,
        "formatted": formatted,
        "quoted_tuple": quoted_tuple,
        "calls": calls,
        "fingerprint": fingerprint,
    }
    return env


def wrapped(text: str, indent: int, hanging: int = 4) -> str:
    """Text for a docstring: lines within the margin, all but the first indented further.

    What would end the docstring, or be an escape in it, is escaped.
    """
    text = re.sub(r'"(?="|$)', r"\"", text.strip().replace("\\", r"\\"))
    width = LINE_LENGTH - indent
    lines = textwrap.wrap(text, width, subsequent_indent=" " * hanging, break_long_words=False)
    return ("\n" + " " * indent).join(lines)


def quoted(text: str) -> str:
    """The text as the source of a string."""
    return json.dumps(text, ensure_ascii=False)


def formatted(text: str) -> str:
    """The text as the source of a string in which what stands in braces is computed."""
    return f"f{quoted(text)}"


def quoted_tuple(names: Iterable[str]) -> str:
    """The names as the source of a tuple of strings."""
    quoted = [f'"{name}"' for name in names]
    if not quoted:
        return "()"
    return f"({quoted[0]},)" if len(quoted) == 1 else f"({', '.join(quoted)})"


def calls(text: str, name: str) -> bool:
    """Whether the source uses a name, to import what it needs and no more."""
    return re.search(rf"\b{name}\b", text) is not None
