"""A reference to somebody's optimizer -> the callable it names.

A reference is ``package.module:Name``, ``package.module.Name`` or ``path/to/file.py:name``. A
package is name enough where it keeps its optimizers in the usual place. What wraps another
optimizer is named with it: ``module:Wrapper(module:Base)``.
"""

import importlib
import importlib.util
import os
import re
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

from ...specs.language import SpecError
from ..analysis.nearby import suggestion
from .wrapping import wrapping


def target(reference: str) -> Any:
    """The callable that a reference names.

    Raises:
        SpecError: there is no such module, file or name, or it does not import; what it wraps
            cannot be wrapped.
    """
    if (match := _WRAPPING.fullmatch(reference)) is not None:
        outer, inner = target(match[1].strip()), target(match[2].strip())
        try:
            return wrapping(outer, inner)
        except TypeError as error:
            remedy = "Name what it is given in a function of a file.py"
            raise refused(reference, "reference", str(error), remedy) from error
    where, colon, name = reference.rpartition(":")
    if not colon:
        where, _, name = reference.rpartition(".")
    if not where or not name:
        raise refused(
            reference,
            "reference",
            "it names no class or function of a module or a file",
            "Write module:Name or path/to/file.py:name",
        )
    module = _of_file(where, reference) if where.endswith(".py") else _of_package(where, reference)
    found: Any = module if hasattr(module, name.partition(".")[0]) else _below(where, name, module)
    for part in name.split("."):
        if not hasattr(found, part):
            public = [n for n in dir(found) if not n.startswith("_")]
            remedy = suggestion(part, public).rstrip() or f"See dir({where})"
            raise refused(reference, where, f"it has no {part}", remedy.rstrip("."))
        found = getattr(found, part)
    return found


_WRAPPING = re.compile(r"([^()]+)\((.+)\)")
_PLACES = (
    "optim",
    "optim.lr_scheduler",
    "optimizers",
    "optimizers.schedules",
    "contrib",
    "lr_scheduler",
    "scheduler",
    "optimization",
)
"""Where packages keep their optimizers and schedules."""


def _below(where: str, name: str, module: ModuleType) -> ModuleType:
    """The module of a package that has a name which the package itself has not, or the package."""
    for inner in _PLACES:
        with suppress(Exception):  # whatever it raises, the name is not to be had there
            if hasattr(found := importlib.import_module(f"{where}.{inner}"), name):
                return found
    return module


def version(reference: str) -> str:
    """The package that a reference names, and its version: ``torch 2.9.0``; or nothing."""
    root = re.split("[.:]", reference)[0]
    for distribution in metadata.packages_distributions().get(root, ()):
        return f"{distribution} {metadata.version(distribution)}"
    return ""


def refused(reference: str, where: str, problem: str, remedy: str) -> SpecError:
    """The error for what cannot be audited."""
    return SpecError("audit", spec=reference, where=where, problem=problem, remedy=remedy)


def _of_package(name: str, reference: str) -> ModuleType:
    root = name.partition(".")[0]
    if root == "keras":  # which else asks for TensorFlow
        os.environ.setdefault("KERAS_BACKEND", "numpy")
    try:
        is_there = importlib.util.find_spec(root) is not None
    except (ImportError, ValueError):
        is_there = False
    if not is_there:
        raise refused(
            reference,
            "module",
            f"no package {root} is installed here",
            "Install it in the environment that steprule runs in, or name a file.py",
        )
    try:
        return importlib.import_module(name)
    except Exception as error:  # whatever it raises, as where what it asks for is of another build
        raise refused(
            reference,
            "module",
            f"{name} does not import: {_told(error)}",
            "Mend the import, or install what it asks for",
        ) from error


def _of_file(path: str, reference: str) -> ModuleType:
    file = Path(path)
    if not file.is_file():
        raise refused(reference, "file", f"there is no file {path}", "Name one that there is")
    loader = importlib.util.spec_from_file_location(f"audited_{file.stem}", file)
    assert loader
    assert loader.loader
    module = importlib.util.module_from_spec(loader)
    sys.modules[loader.name] = module  # dataclasses look their module up
    sys.path.insert(0, str(file.parent.resolve()))
    try:
        loader.loader.exec_module(module)
    except Exception as error:  # whatever a file raises, its author wants to know
        raise refused(
            reference,
            "file",
            f"it does not import: {_told(error)}",
            "Mend it, so that python can run it",
        ) from error
    finally:
        sys.path.remove(str(file.parent.resolve()))
    return module


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, ImportError) else f"{type(error).__name__}: {error}"
