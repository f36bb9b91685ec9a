"""Whether a kernel and the class that runs it were generated from one spec.

A `steprule generate` that was stopped, or that wrote one backend alone, may leave one older.
"""

from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def kernel_of(rule: str) -> ModuleType:
    """The module of a rule's kernel, which lies beside this one."""
    return import_module(f".{rule}", __package__)


@cache
def require(rule: str, fingerprint: str) -> None:
    """Refuse a kernel that is not of the spec that a class is of: they compute different things.

    Args:
        rule: the kernel's module, which names what it was generated from.
        fingerprint: of the spec that the class was generated from.

    Raises:
        RuntimeError: they differ.
    """
    kernel = kernel_of(rule)
    found = getattr(kernel, "FINGERPRINT", "one not named")
    if found != fingerprint:
        raise RuntimeError(
            f"the optimizer {rule} and its compiled kernel come from different specs, "
            f"{fingerprint} and {found} (in {kernel.__file__}), as if only one of them had been "
            "generated anew; nothing was changed. Run `steprule generate` again, and import them "
            "in a new process"
        )
