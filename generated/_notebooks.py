"""Tells IPython how rules and their classes are shown. What shows them is imported when they are."""

import importlib
import sys
from collections.abc import Callable
from typing import Any

_PACKAGE = __name__.rpartition(".")[0]
_SPECS = ("optimizer", "Optimizer"), ("schedule", "Schedule")
_WAYS = {"text/html": "as_html", "text/markdown": "as_markdown"}


def show_rules() -> None:
    """Have specs and classes shown where IPython runs; elsewhere, do nothing."""
    shell: Any = sys.modules["IPython"].get_ipython()
    if shell is None:
        return
    for kind, way in _WAYS.items():
        formatter = shell.display_formatter.formatters[kind]
        for module, name in _SPECS:
            formatter.for_type_by_name(f"{_PACKAGE}.specs.language.{module}", name, _shown(way))
        formatter.for_type(type, _of_classes(_shown(way), formatter.for_type(type)))


def _shown(way: str) -> Callable[[Any], Any]:
    def shown(rule: Any) -> Any:
        return getattr(importlib.import_module(f"{_PACKAGE}.codegen.compiling.shown"), way)(rule)

    return shown


def _of_classes(ours: Callable[[Any], Any], others: Any) -> Callable[[Any], Any]:
    """Classes of this package; all others as they were shown before."""

    def shown(of: type) -> Any:
        if of.__module__.startswith(f"{_PACKAGE}."):
            return ours(of)
        return others(of) if others else None

    return shown
