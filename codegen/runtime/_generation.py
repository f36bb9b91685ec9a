"""Whether a kernel and the class that runs it were generated from one spec.

A `steprule generate` that was stopped, or that wrote one backend alone, may leave one older.
"""

from types import ModuleType


def require_same(kernel: ModuleType, fingerprint: str) -> None:
    """Refuse a kernel of another spec.

    Args:
        kernel: the module it is in, which names what it was generated from.
        fingerprint: of the spec that the class was generated from.

    Raises:
        RuntimeError: they differ.
    """
    found = getattr(kernel, "FINGERPRINT", "one not named")
    if found != fingerprint:
        rule = kernel.__name__.rpartition(".")[2]
        raise RuntimeError(
            f"the optimizer {rule} and its compiled kernel come from different specs, "
            f"{fingerprint} and {found} (in {kernel.__file__}), as if only one of them had been "
            "generated anew; nothing was changed. Run `steprule generate` again, and import them "
            "in a new process"
        )
