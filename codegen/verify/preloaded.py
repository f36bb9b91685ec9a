"""What generated code runs on, imported once: by a process of which those that run it are forks."""

from contextlib import suppress

from .plain import compile_nothing

with suppress(ImportError):
    import torch  # noqa: F401

    compile_nothing()
with suppress(ImportError):
    import numba  # noqa: F401
