"""Which implementations of a spec there are: backends, dtypes, and the peer beside each."""

import importlib
import importlib.util
from collections.abc import Callable, Collection, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from ....specs.language import Optimizer, SpecError
from ...program.compiled import CompiledRule
from .configurations import Configuration
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

FORMS = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True, "fused": False},
    "fused": {"fused": True},
}
"""The ways a generated torch optimizer can run: arguments of its constructor."""

_FORMS_ON_A_GPU = FORMS | {"fused capturable": {"fused": True, "capturable": True}}
"""There kernels can read scalars that they are not launched with."""

_PEER_FORMS = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"foreach": False},
    "fused": {"foreach": False},
    "fused capturable": {"foreach": False},
}
"""The peer's way beside each; it has no capturable form on the CPU, and few fused ones."""

DTYPES = {
    "numpy": ("float16", "float32", "float64"),
    "torch": ("bfloat16", "float16", "float32", "float64"),
}


NEEDED = {"torch": "torch", "numba": "fast"}
"""What some implementations need, and the extra that installs it."""


def absent() -> frozenset[str]:
    """What is needed, and not installed."""
    return frozenset(name for name in NEEDED if not _is_installed(name))


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


def dtypes(without: Collection[str] = ()) -> list[str]:
    """Every dtype some backend is verified in, of those that can run without what is absent."""
    of_backends = (own for backend, own in DTYPES.items() if backend not in without)
    return sorted({dtype for own in of_backends for dtype in own})


def forms(device: str, without: Collection[str] = ()) -> dict[str, dict[str, bool]]:
    """The ways to run on a device, by name, of those that can without what is absent."""
    if "torch" in without:
        return {}
    if device != "cpu":
        return _FORMS_ON_A_GPU
    return {n: form for n, form in FORMS.items() if n != "fused" or "numba" not in without}


def implementations(
    spec: Optimizer,
    package: Callable[[str], ModuleType],
    device: str,
    dtype: str,
    without: Collection[str] = (),
) -> list[Implementation]:
    """The implementations of a spec in a dtype; NumPy's run on the device ``cpu`` alone.

    Args:
        spec: an analysed spec.
        package: imports a module of the package that its classes are in.
        device: where torch runs.
        dtype: one of :func:`dtypes`.
        without: of ``NEEDED``, what is absent.
    """
    found: list[Implementation] = []
    peer = None if "torch" in without else peer_class(spec)
    compiled = CompiledRule(spec).program.is_elementwise
    if device == "cpu" and dtype in DTYPES["numpy"]:
        theirs = peer and _torch(
            spec, lambda: peer, dtype, device, _PEER_FORMS["loop"], is_peer=True
        )
        for name, engine in _numpy_engines(compiled and "numba" not in without).items():
            ours = _numpy(spec, package, engine)
            peer_name = str(_PEER_FORMS["loop"])
            found.append(Implementation(name, dtype, ours, theirs, peer_name, widens=True))
    for form, arguments in forms(device, without).items():
        if form.startswith("fused") and not compiled:
            continue
        theirs = peer and _torch(spec, lambda: peer, dtype, device, _PEER_FORMS[form], is_peer=True)
        generated = partial(_class, spec, package, "torch")
        ours = _torch(spec, generated, dtype, device, arguments)
        peer_name = str(_PEER_FORMS[form])
        widens = form.startswith("fused")
        found.append(Implementation(f"torch {form}", dtype, ours, theirs, peer_name, widens))
    return found


def peer_class(spec: Optimizer) -> Any | None:
    """The class a spec stands in for, imported; None where it names none."""
    if not spec.peer:
        return None
    module, _, name = spec.peer.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise SpecError(
            "peer",
            spec=spec.name,
            where="peer",
            problem=f"there is no {spec.peer} here: {error}",
            remedy="Give the import path of an installed class, or leave peer empty",
        ) from error


def _numpy_engines(compiled: bool) -> dict[str, str]:
    """The engines of a NumPy class by the name in the report."""
    return {"numpy": "numpy"} | ({"numpy numba": "numba"} if compiled else {})


def _class(spec: Optimizer, package: Callable[[str], ModuleType], backend: str) -> Any:
    """A generated class; importing it is the first thing that can fail about it."""
    return getattr(package(backend), spec.name)


def _numpy(spec: Optimizer, package: Callable[[str], ModuleType], engine: str) -> Start:
    def start(c: Configuration, theta: Floats, states: States, first: int) -> Engine:
        made = _class(spec, package, "numpy")(**settings(spec, c), engine=engine)
        return NumpyEngine(made, theta, states, first)

    return start


def _torch(
    spec: Optimizer,
    cls: Callable[[], Any],
    dtype: str,
    device: str,
    arguments: Mapping[str, bool],
    *,
    is_peer: bool = False,
) -> Start:
    def start(c: Configuration, theta: Floats, states: States, first: int) -> Engine:
        def make(params: Any) -> Any:
            return cls()(params, **settings(spec, c), **arguments)

        return TorchEngine(make, spec, dtype, device, theta, states, first, is_peer=is_peer)

    return start
