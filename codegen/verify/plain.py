"""torch without its compiler, whose import takes longer than to verify a rule."""

from typing import Any


def compile_nothing() -> None:
    """Let torch's optimizers call what they keep from the compiler without importing that.

    Such a method calls another in its place, which the compiler makes at the first call, and keeps
    it. Where nothing is compiled, the method itself does: it is put there before.
    """
    import torch

    kept = torch._disable_dynamo(compile_nothing).__code__  # pyright: ignore
    for method in vars(torch.optim.Optimizer).values():
        if getattr(method, "__code__", None) is kept:
            inner: Any = method.__wrapped__
            vars(inner).setdefault("__dynamo_disable", inner)


def on_one_thread() -> None:
    """Use torch in a process beside others."""
    import torch

    compile_nothing()
    torch.set_num_threads(1)
