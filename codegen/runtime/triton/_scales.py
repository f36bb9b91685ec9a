"""What gradients are scaled by: from the sums of squares that a pass adds up, of each block."""

import triton
import triton.language as tl

from ._sums import SCALES as SCALES
from ._sums import reduced

_WIDE = tl.constexpr(256)
"""Scales that are written at a time."""


@triton.jit
def itself(grad):
    """What a pass takes the squares of."""
    return (grad,)


@triton.jit(do_not_specialize=["row", "total", "low", "high", "copies"])
def scales_(
    firsts,  # int64, the first block of each tensor, and one behind the last
    row,  # the tensor of the first program
    total,  # blocks of all tensors
    added,  # float64: of each block SCALES sums
    low,  # the bits of the limit, a float64, which as a number would come as a float32
    high,
    scales,
    copies,  # how many of these a program writes, which are the same
    SCALE: tl.constexpr,
    OVER_ALL: tl.constexpr,
    COMPUTED: tl.constexpr,
):
    k = tl.program_id(0)
    if OVER_ALL:
        first = k.to(tl.int64)
        last = first + total
    else:
        first = tl.load(firsts + row + k)
        last = tl.load(firsts + row + k + 1)
    norm = reduced(added, SCALES, first, last, 0, "norm", COMPUTED)
    bits = (tl.cast(high, tl.int64) << 32) | (tl.cast(low, tl.int64) & 0xFFFFFFFF)
    scale = SCALE(norm, bits.to(tl.float64, bitcast=True))
    for start in range(0, copies, _WIDE):
        i = start + tl.arange(0, _WIDE)
        tl.store(scales + k + i, scale.to(scales.dtype.element_ty), i < copies)
