"""What a backend's files have in common, whatever the specs: its folder of source, copied.

The folder is a package, as a rule below :mod:`steprule.codegen.runtime`, which says how what lies
there is written; a package of anyone's own will do. It is read and never imported: what is
generated may need what is not installed here.
"""

import ast
from collections.abc import Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, resolve_name
from pathlib import Path
from typing import Any

from jinja2 import Environment

from . import Entry


def runtime(
    package: str, templates: Environment, entries: Sequence[Entry], **given: Any
) -> dict[str, str]:
    """The modules that all specs of a backend share: path to text.

    Args:
        package: the name of the package they lie in. A folder in it is of schedules, and left out
            where there are none.
        templates: those whose name starts with an underscore, or is that of a module of the
            package, are of modules that all specs share, and are filled in.
        entries: every spec there is.
        given: what templates are given beside the entries.

    Raises:
        ModuleNotFoundError: there is no such package, or no module that one of its passes on.
    """
    folder = _file(package).parent
    found = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*.py"))}
    filled = {
        name.removesuffix(".j2")
        for name in templates.list_templates(extensions=["j2"])
        if name.rpartition("/")[2].startswith("_") or name.removesuffix(".j2") in found
    }
    names = filled | found.keys()
    if not any(entry.is_schedule for entry in entries):
        names = {name for name in names if "/" not in name}
    return {
        name: templates.get_template(f"{name}.j2").render(given, entries=entries)
        if name in filled
        else _source(found[name], ".".join([package, *name.split("/")[:-1]]))
        for name in sorted(names)
    }


def _source(file: Path, package: str) -> str:
    """The text of a module of a package, or of the one outside whose names it only passes on."""
    text = file.read_text(encoding="utf-8")
    outside = _passed_on(text, package)
    return _file(outside).read_text(encoding="utf-8") if outside else text


@cache
def _passed_on(text: str, package: str) -> str:
    """The module outside a package whose names a module of it only passes on; or nothing."""
    tree = ast.parse(text)
    statements = tree.body[ast.get_docstring(tree) is not None :]
    outside = {
        resolve_name("." * each.level + (each.module or ""), package)
        if isinstance(each, ast.ImportFrom)
        else ""
        for each in statements
    }
    name = outside.pop() if len(outside) == 1 else ""
    return "" if name.startswith(f"{package}.") else name


def _file(name: str) -> Path:
    """The file of a module or package, of which but the packages above it are imported."""
    spec: ModuleSpec | None = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"there is no module {name}", name=name)
    return Path(spec.origin)
