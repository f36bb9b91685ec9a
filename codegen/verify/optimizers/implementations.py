"""Which implementations of a spec there are: backends, dtypes, and the peer beside each."""

import importlib.util
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

from ....specs.language import Optimizer, SpecError
from ...program.compiled import CompiledRule
from .engines import Engine, Given, Implementation, Kept, NumpyEngine, Start, TorchEngine

Package: TypeAlias = Callable[[str], ModuleType]
"""Imports a module of the package that classes are in, by its path."""

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
    rule: CompiledRule,
    package: Package,
    device: str,
    dtype: str,
    without: Collection[str] = (),
) -> list[Implementation]:
    """The implementations of a spec in a dtype; NumPy's run on the device ``cpu`` alone.

    Args:
        rule: an analysed spec, compiled.
        package: imports a module of the package that its classes are in.
        device: where torch runs.
        dtype: one of :func:`dtypes`.
        without: of ``NEEDED``, what is absent.
    """
    found: list[Implementation] = []
    spec = rule.spec
    if "torch" not in without:
        peer_class(spec)
    scalars = frozenset(s.name for s in spec.states if s.shape.on_host)
    names = Kept({s.name: s.key for s in spec.states}, scalars, spec.step_key)
    compiled = rule.program.is_elementwise

    def torch(form: Mapping[str, bool]) -> Start:
        return _Torch(package, "torch", spec.name, names, dtype, device, form)

    def peer(form: Mapping[str, bool]) -> Start | None:
        module, _, name = spec.peer.rpartition(".")
        if not module or "torch" in without:
            return None
        return _Torch(import_module, module, name, names, dtype, device, form, is_peer=True)

    if device == "cpu" and dtype in DTYPES["numpy"]:
        beside = _PEER_FORMS["loop"]
        for name, engine in _numpy_engines(compiled and "numba" not in without).items():
            ours = _Numpy(package, spec.name, engine)
            found.append(Implementation(name, dtype, ours, peer(beside), str(beside), widens=True))
    for form, arguments in forms(device, without).items():
        is_fused = form.startswith("fused")
        if is_fused and not compiled:
            continue
        beside = _PEER_FORMS[form]
        ours = torch(arguments)
        found.append(
            Implementation(f"torch {form}", dtype, ours, peer(beside), str(beside), widens=is_fused)
        )
    return found


def peer_class(spec: Optimizer) -> Any | None:
    """The class a spec stands in for, imported; None where it names none."""
    if not spec.peer:
        return None
    module, _, name = spec.peer.rpartition(".")
    try:
        return getattr(import_module(module), name)
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


@dataclass(frozen=True)
class _Numpy:
    """Starts a class generated by the NumPy backend."""

    package: Package
    name: str
    engine: str

    def __call__(self, arguments: Mapping[str, Any], given: Given, first: int) -> Engine:
        made = getattr(self.package("numpy"), self.name)(**arguments, engine=self.engine)
        return NumpyEngine(made, given, first)


@dataclass(frozen=True)
class _Torch:
    """Starts a class generated by the torch backend; a peer's, where ``package`` imports that."""

    package: Package
    module: str
    name: str
    names: Kept
    dtype: str
    device: str
    form: Mapping[str, bool]
    is_peer: bool = False

    def __call__(self, arguments: Mapping[str, Any], given: Given, first: int) -> Engine:
        # To import the class is the first thing that can fail about it.
        cls = getattr(self.package(self.module), self.name)

        def make(params: Any) -> Any:
            return cls(params, **arguments, **self.form)

        return TorchEngine(
            make, self.names, self.dtype, self.device, given, first, is_peer=self.is_peer
        )
