"""What the modules of a package bind to names."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def declared_in(package: ModuleType, kind: type[Kind]) -> list[Kind]:
    """The objects of a kind, in the order of their files, again where a file imports one."""
    return [
        value
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        for value in vars(importlib.import_module(info.name)).values()
        if isinstance(value, kind)
    ]
