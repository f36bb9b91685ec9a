"""Which implementations of a spec there are: backends, dtypes, and the peer beside each."""

from collections.abc import Collection, Mapping

from ...backends.views import viewing
from ...program.compiled import CompiledRule
from ...program.passes.in_full import in_full
from .engines import Implementation, Kept, Start
from .forms import DTYPES, forms
from .starts import Package, StartNumpy, StartPeer, StartTorch

_PEER_FORMS = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"foreach": False},
    "fused": {"foreach": False},
    "fused capturable": {"foreach": False},
}
"""The peer's way beside each; it has no capturable form on the CPU, and few fused ones."""


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
    scalars = frozenset(s.name for s in spec.states if s.shape.is_number)
    shared = frozenset(s.name for s in spec.states if s.shape.is_global)
    names = Kept({s.name: s.key for s in spec.states}, scalars, shared, spec.step_key)
    compiled = rule.has_kernel

    def torch(form: Mapping[str, bool]) -> Start:
        return StartTorch(package, spec.name, names, dtype, device, form)

    def peer(form: Mapping[str, bool]) -> Start | None:
        if not spec.peer or "torch" in without:
            return None
        return StartPeer(spec.peer, names, dtype, device, form, viewing(spec))

    if device == "cpu" and dtype in DTYPES["numpy"]:
        beside = _PEER_FORMS["loop"]
        for name, engine in _numpy_engines(compiled and "numba" not in without).items():
            ours = StartNumpy(package, spec.name, engine)
            how = {"widens": True, "compiles": engine == "numba"}
            found.append(Implementation(name, dtype, ours, peer(beside), str(beside), **how))
    coarsens = in_full(rule.program) != rule.program and _coarsens(device)
    for form, arguments in forms(device, without).items():
        is_fused = form.startswith("fused")
        if is_fused and not compiled:
            continue
        beside = _PEER_FORMS[form]
        ours = torch(arguments)
        how = {"widens": True, "coarsens": coarsens, "compiles": is_fused}
        found.append(Implementation(f"torch {form}", dtype, ours, peer(beside), str(beside), **how))
    return found


def _coarsens(device: str) -> bool:
    """Whether torch's forms compute rounds there in the format of fewer digits.

    It imports torch, which whoever judges has no other need of (``elsewhere``).
    """
    from ...runtime.torch._precision import multiplies

    return multiplies(device.partition(":")[0])


def _numpy_engines(compiled: bool) -> dict[str, str]:
    """The engines of a NumPy class by the name in the report."""
    return {"numpy": "numpy"} | ({"numpy numba": "numba"} if compiled else {})
