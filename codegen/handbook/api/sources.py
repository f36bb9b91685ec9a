"""Classes and functions in the source of a generated package: what they are called with."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from griffe import Attribute, Class, Function, Module, Parameter

Code = Mapping[str, str]
"""The files of the packages, by path: ``numpy/adam.py``."""

_WIDTH = 72
_LONGEST = 60
"""Of an alias that is written out."""
_ALIASES = {
    "numpy": ("_scalars.py", "_engines.py"),
    "torch": ("_scalars.py",),
}
"""Where the types of arguments have names, by package."""


@cache
def _read(path: str, text: str) -> "Module":
    import griffe  # when it is needed: the command starts without what the handbook needs

    return griffe.visit(Path(path).stem, filepath=Path(path), code=text)


def read(code: Code, path: str) -> "Module":
    """A module of a package."""
    return _read(path, code[path])


def class_of(code: Code, path: str, name: str) -> "Class":
    """A class in a module."""
    return read(code, path).classes[name]


def public(cls: "Class") -> Iterator["Function"]:
    """The methods that a user calls, in their order; a property is one that is not called."""
    for name, member in cls.members.items():
        if name != "__call__" and name.startswith("_"):
            continue
        if name in cls.functions:
            yield cls.functions[name]
        elif "property" in member.labels:
            yield _asked(cls.attributes[name])


def _asked(attribute: "Attribute") -> "Function":
    """A property as a method without arguments."""
    from griffe import Function

    found = Function(attribute.name, returns=attribute.annotation, docstring=attribute.docstring)
    found.labels |= {"property"}
    return found


def parameters(found: "Function") -> list["Parameter"]:
    """What a function is called with, and a method of an instance."""
    return [p for p in found.parameters if p.name != "self"]


def constructor(cls: "Class") -> list["Parameter"]:
    """What a class is made with: the fields, of a dataclass."""
    from griffe import Parameter, ParameterKind

    if "__init__" in cls.functions:
        return parameters(cls.functions["__init__"])
    kind, found = ParameterKind.positional_or_keyword, list[Parameter]()
    for name, member in cls.attributes.items():
        if member.annotation is None:
            continue
        if str(member.annotation) == "KW_ONLY":
            kind = ParameterKind.keyword_only
        elif not name.startswith("_"):
            found.append(
                Parameter(name, annotation=member.annotation, kind=kind, default=member.value)
            )
    return found


def call(name: str, given: Sequence["Parameter"], code: Code, package: str) -> str:
    """A call with the types and defaults of its arguments: on one line, or on one each."""
    written = list(_written(given, code, package))
    line = f"{name}({', '.join(written)})"
    if len(line) <= _WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {each},\n" for each in written) + ")"


def signature(found: "Function", code: Code, package: str) -> str:
    """What a function is called with, and gives, on one line."""
    given = ", ".join(_written(parameters(found), code, package))
    is_context = any("contextmanager" in str(each.value) for each in found.decorators)
    gives = str(found.returns) not in ("None", "") and not is_context
    returned = f" -> {found.returns}" if gives else ""
    return f"({given}){returned}"


def _written(given: Sequence["Parameter"], code: Code, package: str) -> Iterator[str]:
    from griffe import ParameterKind

    stars = {ParameterKind.var_positional: "*", ParameterKind.var_keyword: "**"}
    has_star = False
    for p in given:
        if p.kind is ParameterKind.keyword_only and not has_star:
            has_star = True
            yield "*"
        has_star = has_star or p.kind is ParameterKind.var_positional
        star = stars.get(p.kind, "") if p.kind else ""
        of = f": {annotation(p, code, package)}" if p.annotation is not None else ""
        default = f" = {p.default}" if not star and p.default is not None else ""
        yield f"{star}{p.name}{of}{default}"


def annotation(p: "Parameter", code: Code, package: str) -> str:
    """The type of an argument, in which short names of types are written out."""
    known = aliases(code, package)
    return re.sub(r"\w+", lambda word: known.get(word[0], word[0]), str(p.annotation))


def aliases(code: Code, package: str) -> Mapping[str, str]:
    """The types that have a name of their own in a package."""
    found: dict[str, str] = {}
    for file in _ALIASES[package]:
        for name, member in read(code, f"{package}/{file}").attributes.items():
            if str(member.annotation) == "TypeAlias":
                value = str(member.value)
                found |= {name: value} if len(value) <= _LONGEST else {}
    return found
