"""Which implementations of a spec there are: backends, dtypes, and the peer beside each."""

import importlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from ...specs.language import Optimizer
from ..backends import backends
from ..emit import difference, plan, write
from ..load import builtin
from .cases import Configuration
from .engines import (
    Engine,
    Floats,
    Implementation,
    NumpyEngine,
    Start,
    States,
    TorchEngine,
    settings,
)

DTYPES = {"numpy": ("float32", "float64"), "torch": ("float32", "float64", "bfloat16")}


@contextmanager
def generated(spec: Optimizer) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a backend's package in which a spec's class is found.

    For a built-in spec that is the installed package; for any other, one generated for the
    occasion.
    """
    if builtin().get(spec.name) is not None and builtin()[spec.name].updates == spec.updates:
        root = __package__.split(".")[0]
        yield lambda backend: importlib.import_module(f"{root}.{backend}")
        return
    with tempfile.TemporaryDirectory(prefix="steprule_") as name:
        folder = Path(name)
        python = {n: b for n, b in backends().items() if n in DTYPES}
        write(difference(plan([spec], python, folder, complete=True), folder), folder)
        sys.path.insert(0, str(folder.parent))
        try:
            importlib.invalidate_caches()
            yield lambda backend: importlib.import_module(f"{folder.name}.{backend}")
        finally:
            sys.path.remove(str(folder.parent))


def implementations(
    spec: Optimizer, package: Callable[[str], ModuleType], device: str
) -> list[Implementation]:
    """The implementations of a spec on a device; NumPy's run on ``cpu`` alone."""
    found: list[Implementation] = []
    peer = _peer(spec)
    if device == "cpu":
        for dtype in DTYPES["numpy"]:
            theirs = peer and _torch(spec, peer, dtype, device, foreach=False)
            ours = _numpy(spec, getattr(package("numpy"), spec.name))
            found.append(Implementation("numpy", dtype, ours, theirs))
    for form, foreach in (("torch loop", False), ("torch foreach", True)):
        for dtype in DTYPES["torch"]:
            theirs = peer and _torch(spec, peer, dtype, device, foreach=foreach)
            ours = _torch(spec, getattr(package("torch"), spec.name), dtype, device, foreach=foreach)
            found.append(Implementation(form, dtype, ours, theirs))
    return found


def _peer(spec: Optimizer) -> Any | None:
    if not spec.peer:
        return None
    module, _, name = spec.peer.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _numpy(spec: Optimizer, cls: Any) -> Start:
    def start(c: Configuration, theta: Floats, states: States, first: int) -> Engine:
        return NumpyEngine(cls(**settings(spec, c)), theta, states, first)

    return start


def _torch(spec: Optimizer, cls: Any, dtype: str, device: str, *, foreach: bool) -> Start:
    def start(c: Configuration, theta: Floats, states: States, first: int) -> Engine:
        def make(params: Any) -> Any:
            return cls(params, **settings(spec, c), foreach=foreach)

        return TorchEngine(make, spec, dtype, device, theta, states, first)

    return start
