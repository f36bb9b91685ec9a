"""Classes and functions of the generated packages, as Python's entries of a reference."""

import re
from typing import TYPE_CHECKING

from ..api.docstrings import Described, Example, described
from ..api.sources import Code, call, constructor, public, signature
from ..markdown import code, directive, escaped
from ..writer import Writer
from .parts import python

if TYPE_CHECKING:
    from griffe import Class, Function

_FIRST = ("step", "update")
"""The methods that are described before others."""
_CODE = re.compile(r"``(.+?)``|:\w+:`(.+?)`")
"""Code within a docstring's line."""


def said(text: str, write: Writer) -> str:
    """A text of a docstring, in the language of the edition."""
    found = write.edition.said(text)
    parts = _CODE.split(found.removesuffix("::") + ":" if found.endswith("::") else found)
    # Of each match, what stands before it, and what either of the two forms holds.
    plain, first, second = parts[::3], parts[1::3], parts[2::3]
    codes = [code(a or b) for a, b in zip(first, second, strict=True)]
    pieces = [each for pair in zip(plain, [*codes, ""], strict=True) for each in pair]
    pieces[::2] = map(escaped, pieces[::2])
    return "".join(pieces)


def function_entry(found: "Function", name: str, source: Code, package: str, write: Writer) -> str:
    """A function, or a method by the name of its class: its signature, and what it does."""
    of_class = "." in name
    if "property" in found.labels:
        return directive("py:property", name, f":type: {found.returns}\n\n{_body(found, write)}")
    kind = "py:method" if of_class else "py:function"
    return directive(kind, f"{name}{signature(found, source, package)}", _body(found, write))


def methods(cls: "Class", name: str, source: Code, package: str, write: Writer) -> str:
    """The public methods of a class, under a name by which it is spoken of."""
    return "\n".join(
        function_entry(each, f"{name}.{each.name}", source, package, write)
        for each in sorted(public(cls), key=lambda found: found.name not in _FIRST)
    )


def class_entry(cls: "Class", source: Code, package: str, write: Writer) -> str:
    """A class with its methods."""
    made = " ".join(call(cls.name, constructor(cls), source, package).split())
    inner = methods(cls, cls.name, source, package, write)
    return directive("py:class", made, f"{_body(cls, write)}\n{inner}")


def _body(found: "Class | Function", write: Writer) -> str:
    about = described(found.docstring)
    parts = [_paragraph(each, write) for each in about.paragraphs]
    if fields := _fields(about, write):
        parts.append(fields)
    parts += [_paragraph(each, write) for each in about.remarks]
    return "\n" + "\n\n".join(parts) + "\n"


def _paragraph(text: str | Example, write: Writer) -> str:
    return python(text.code) if isinstance(text, Example) else said(text, write)


def _fields(about: Described, write: Writer) -> str:
    lines = [f":param {name}: {said(text, write)}" for name, text in about.arguments.items()]
    lines += [f":returns: {said(about.returns, write)}"] if about.returns else []
    lines += [f":raises {name}: {said(text, write)}" for name, text in about.raises.items()]
    return "\n".join(lines)
