"""Steps that somebody watches, and steps that nobody does.

torch wraps the step of every class in what calls its hooks and names it to profilers. Where there
are none, that is a third of what a fused step of few tensors takes, and is left out.
"""

import os
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Any

import torch

_HOOKS: tuple[Any, ...] = tuple(
    getattr(import_module("torch.optim.optimizer"), f"_global_optimizer_{when}_hooks", None)
    for when in ("pre", "post")
)
"""Those of all optimizers."""

_ALWAYS = None in _HOOKS or "KINETO_USE_DAEMON" in os.environ
"""Whether this cannot be known: torch has its hooks elsewhere, or another process may profile."""


def switching(bare: Callable[..., Any], watched: Callable[..., Any]) -> Callable[..., Any]:
    """A step that is one with hooks where it is watched.

    Args:
        bare: the step of a class.
        watched: the same as torch has wrapped it.
    """

    @wraps(watched)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_watched = (
            _ALWAYS
            or torch.compiler.is_compiling()
            or self._optimizer_step_pre_hooks
            or self._optimizer_step_post_hooks
            or any(_HOOKS)
            or torch.autograd._profiler_enabled()
        )
        return (watched if is_watched else bare)(self, *args, **kwargs)

    return step
