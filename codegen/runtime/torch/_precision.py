"""Where few digits are enough, and are faster."""

import torch
from torch import Tensor

_MULTIPLY = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
CPU_MULTIPLIES_HALVES = any(getattr(torch.cpu, name, bool)() for name in _MULTIPLY)
"""Whether this machine's CPU has instructions that multiply bfloat16.

Then matrices of it are multiplied four times as fast as those of float32; else two to four times as
slowly. Measured on one with and on one without AVX-512 BF16.
"""


def multiplies(device_type: str) -> bool:
    """Whether a kind of device multiplies matrices of few digits faster than those of float32."""
    return device_type != "cpu" or CPU_MULTIPLIES_HALVES


def coarser(x: Tensor, dtype: torch.dtype) -> Tensor:
    """A tensor in a dtype of fewer digits, where its device is faster at that.

    Whoever keeps float64 wants its digits.
    """
    return x if x.dtype == torch.float64 or not multiplies(x.device.type) else x.to(dtype)
