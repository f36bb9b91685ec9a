"""Numbers as memory holds them, in the dtype that is computed in."""

import math

import torch
from torch import Tensor


def stored(x: Tensor, dtype: torch.dtype) -> Tensor:
    """Each element rounded to a dtype, in the dtype it has; a new tensor."""
    if x.dtype == dtype:
        return x.clone()
    # A compiler takes the way there and back for a detour, and leaves it out.
    return _rounded(x, dtype) if torch.compiler.is_compiling() else x.to(dtype).to(x.dtype)


def _rounded(x: Tensor, dtype: torch.dtype) -> Tensor:
    """The same of float32 and half precision, by the bits: to nearest, ties to even."""
    left = 16 if dtype == torch.bfloat16 else 13
    bits = x.view(torch.int32)
    half = (1 << left - 1) - 1 + (bits >> left & 1)
    nearest = (bits + half & -(1 << left)).view(torch.float32)
    if dtype == torch.float16:
        # Below 2**-14 all are multiples of 2**-24, and 65504 is the largest.
        nearest = torch.where(x.abs() < 2**-14, (x * 2**24).round() * 2**-24, nearest)
        nearest = torch.where(nearest.abs() > 65504, math.inf * x.sign(), nearest)
    return torch.where(x.isnan(), x, nearest)
