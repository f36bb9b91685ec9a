"""Scaled losses: what ``torch.amp.GradScaler`` asks of an optimizer with ``fused=True``.

It then leaves to the step what it does itself for others: it sets ``found_inf``, whether a
gradient is infinite or NaN, and ``grad_scale``, what gradients have been multiplied by, or None if
they are unscaled. A step with what was found is none. One without sees the gradients divided, and
leaves them so, as torch does, for those who look at them later.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor, optim

from ._rows import by_key
from ._tensors import PLAIN, arithmetic


def is_skipped(optimizer: optim.Optimizer) -> bool:
    """Whether nothing is to change, counts included; waits for the device of ``found_inf``.

    Raises:
        RuntimeError: a CUDA graph is being captured, which cannot depend on what is found.
    """
    found = getattr(optimizer, "found_inf", None)
    if isinstance(found, Tensor) and found.is_cuda and torch.cuda.is_current_stream_capturing():
        raise RuntimeError(
            "a CUDA graph cannot skip a step by what GradScaler found in the gradients; call "
            "GradScaler.step outside of it"
        )
    return found is not None and bool(found)


def unscaled(
    optimizer: optim.Optimizer, grads: list[Tensor]
) -> tuple[list[Tensor], list[Callable[[], Any]]]:
    """Gradients without the scale, and what writes them where they were.

    Those of half precision come in float32, in which small ones do not vanish.
    """
    scale = getattr(optimizer, "grad_scale", None)
    if scale is None:
        return grads, []
    divided = _divided(grads, torch.as_tensor(scale))
    return divided, [partial(grad.copy_, own) for grad, own in zip(grads, divided, strict=True)]


def _divided(grads: Sequence[Tensor], scale: Tensor) -> list[Tensor]:
    def on(device: torch.device | None, rows: list[int]) -> Iterable[Tensor]:
        own = [grads[i] for i in rows]
        if device is None:
            return [g.to(dtype := arithmetic(g.dtype)) / scale.to(g.device, dtype) for g in own]
        return torch._foreach_div(own, scale.to(device))

    return by_key((g.device if _is_as_computed(g) else None for g in grads), on)


def _is_as_computed(grad: Tensor) -> bool:
    """Whether a gradient can be divided together with others, as it is."""
    is_strided = type(grad) in PLAIN and grad.layout is torch.strided
    return is_strided and arithmetic(grad.dtype) == grad.dtype
