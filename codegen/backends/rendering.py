"""Jinja, as all backends use it: strict about undefined names, quiet about white space."""

import textwrap
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

LINE_LENGTH = 100
"""Of generated code; the formatter's too."""


def environment(package: str, helpers: Mapping[str, Callable[..., Any]]) -> Environment:
    """The templates of a backend's package, with the functions they may call."""
    env = Environment(
        loader=PackageLoader(package, "templates"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    env.globals.update(helpers)
    env.filters |= {"wrapped": wrapped, "quoted_tuple": quoted_tuple}
    return env


def wrapped(text: str, indent: int, hanging: int = 4) -> str:
    """Text for a docstring: lines within the margin, all but the first indented further."""
    width = LINE_LENGTH - indent
    lines = textwrap.wrap(text, width, subsequent_indent=" " * hanging, break_long_words=False)
    return ("\n" + " " * indent).join(lines)


def quoted_tuple(names: Iterable[str]) -> str:
    """The names as the source of a tuple of strings."""
    quoted = [f'"{name}"' for name in names]
    if not quoted:
        return "()"
    return f"({quoted[0]},)" if len(quoted) == 1 else f"({', '.join(quoted)})"
