"""What generated code runs on, imported once: by a process of which those that run it are forks."""

from contextlib import suppress
from typing import Any

from .plain import compile_nothing

with suppress(ImportError):
    import torch  # noqa: F401

    compile_nothing()
with suppress(ImportError):
    from numba.core.registry import cpu_target

    # What the first kernel that is loaded would wait for.
    known: Any = cpu_target
    known.typing_context.refresh()
    known.target_context.refresh()
