"""Where an optimizer has but a part of what is trained, and its norms would be of that part.

torch shares parameters out in two ways that leave plain tensors behind. Wrappers make an optimizer
for each share of them; that is seen on the stack, while they do so, as nothing tells it later.
FullyShardedDataParallel cuts them up, and marks the pieces.
"""

import sys
from collections.abc import Iterable

import torch
from torch import Tensor

_WRAPPERS = {
    "torch.distributed.optim.zero_redundancy_optimizer": "ZeroRedundancyOptimizer",
    "torch.distributed.optim.optimizer": "DistributedOptimizer",
    "torch.distributed.optim.apply_optimizer_in_backward": "_apply_optimizer_in_backward",
}
"""What gives each of several optimizers some parameters, by its module."""


def wrapper() -> str:
    """What is making an optimizer of some of its parameters at the moment; empty if nothing is."""
    frame = sys._getframe()
    while frame is not None:
        if found := _WRAPPERS.get(frame.f_globals.get("__name__", "")):
            return found
        frame = frame.f_back
    return ""


def check(name: str, wrapper: str, params: Iterable[Tensor]) -> None:
    """Refuse a limit on norms that this rank cannot know.

    Args:
        name: the argument that sets it.
        wrapper: what has gradients that it counts and the optimizer has not; empty if nothing.
        params: those whose norms are needed.

    Raises:
        RuntimeError: there is such a wrapper, or these are pieces of parameters.
    """
    if wrapper:
        raise RuntimeError(
            f"{name} needs all gradients, and under {wrapper} an optimizer has some of them; "
            "clip with torch.nn.utils.clip_grad_norm_ before the step"
        )
    if any(getattr(p, "_fsdp_flattened", False) for p in params) and _is_shared_out():
        raise RuntimeError(
            f"{name} needs whole gradients, and under FullyShardedDataParallel a rank has pieces "
            "of them; clip with its clip_grad_norm_ before the step, or use fully_shard"
        )


def _is_shared_out() -> bool:
    distributed = torch.distributed
    return distributed.is_initialized() and distributed.get_world_size() > 1
