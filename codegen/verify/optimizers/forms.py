"""In which ways and dtypes generated optimizers are verified, and what that needs.

It is asked before the generator is there, which takes longer to import than to find this out.
"""

import importlib.util
from collections.abc import Collection

FORMS = {
    "loop": {"foreach": False},
    "foreach": {"foreach": True},
    "capturable": {"capturable": True, "fused": False},
    "fused": {"fused": True},
}
"""The ways a generated torch optimizer can run: arguments of its constructor."""

_FORMS_ON_A_GPU = FORMS | {"fused capturable": {"fused": True, "capturable": True}}
"""There kernels can read scalars that they are not launched with."""

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
