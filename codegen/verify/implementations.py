"""Which implementations of a spec there are: backends, dtypes, and the peer beside each."""

import importlib
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from ...specs.language import Optimizer, SpecError
from ..backends.kernel import has_kernel
from ..program.compile import compile_spec
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


def dtypes() -> list[str]:
    """Every dtype some backend is verified in."""
    return sorted({dtype for of_backend in DTYPES.values() for dtype in of_backend})


def forms(device: str) -> dict[str, dict[str, bool]]:
    """The ways to run on a device, by name."""
    return FORMS if device == "cpu" else _FORMS_ON_A_GPU


def implementations(
    spec: Optimizer, package: Callable[[str], ModuleType], device: str, dtype: str
) -> list[Implementation]:
    """The implementations of a spec in a dtype; NumPy's run on the device ``cpu`` alone."""
    found: list[Implementation] = []
    peer = peer_class(spec)
    compiled = has_kernel(compile_spec(spec))
    if device == "cpu" and dtype in DTYPES["numpy"]:
        theirs = peer and _torch(spec, peer, dtype, device, _PEER_FORMS["loop"], is_peer=True)
        for name, engine in _numpy_engines(compiled).items():
            ours = _numpy(spec, getattr(package("numpy"), spec.name), engine)
            found.append(Implementation(name, dtype, ours, theirs, str(_PEER_FORMS["loop"])))
    for form, arguments in forms(device).items():
        if form.startswith("fused") and not compiled:
            continue
        theirs = peer and _torch(spec, peer, dtype, device, _PEER_FORMS[form], is_peer=True)
        ours = _torch(spec, getattr(package("torch"), spec.name), dtype, device, arguments)
        peer_name = str(_PEER_FORMS[form])
        found.append(Implementation(f"torch {form}", dtype, ours, theirs, peer_name))
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


def _numpy(spec: Optimizer, cls: Any, engine: str) -> Start:
    def start(c: Configuration, theta: Floats, states: States, first: int) -> Engine:
        return NumpyEngine(cls(**settings(spec, c), engine=engine), theta, states, first)

    return start


def _torch(
    spec: Optimizer,
    cls: Any,
    dtype: str,
    device: str,
    arguments: Mapping[str, bool],
    *,
    is_peer: bool = False,
) -> Start:
    def start(c: Configuration, theta: Floats, states: States, first: int) -> Engine:
        def make(params: Any) -> Any:
            return cls(params, **settings(spec, c), **arguments)

        return TorchEngine(make, spec, dtype, device, theta, states, first, is_peer=is_peer)

    return start
