"""Packages of generated classes: importing one costs the same however many classes there are."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module


def on_demand(
    package: str, classes: Sequence[str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """What a package has for ``__getattr__`` and ``__dir__``.

    A class, which is in the module of its name in small letters, and that module are imported when
    they are first asked for.
    """
    module = sys.modules[package]

    def get(name: str) -> object:
        if name in classes:
            found = getattr(import_module(f".{name.lower()}", package), name)
            setattr(module, name, found)  # from now on without coming here
            return found
        if name in map(str.lower, classes):
            return import_module(f".{name}", package)
        message = f"module {package!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=module)

    def listed() -> list[str]:
        return sorted({*vars(module), *classes})

    return get, listed
