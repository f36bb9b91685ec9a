"""Norms, means, sums and largest elements of tensors, from the terms that passes take.

Squares of float64 may lie outside of the range of numbers where the norm does not: each element is
brought, exactly, into one of three scales, and each is summed by itself. Means have two of them.
"""

import triton
import triton.language as tl

SCALES = tl.constexpr(3)
"""Sums that there are of each term."""

_DOWN, _UP = tl.constexpr(2.0**-600), tl.constexpr(2.0**600)
_LARGE, _SMALL = tl.constexpr(2.0**500), tl.constexpr(2.0**-500)
_WIDE = tl.constexpr(1024)
"""Blocks whose sums are added at a time."""


@triton.jit
def put(term, is_there, sums, WAY: tl.constexpr, COMPUTED: tl.constexpr):
    """Keep what the terms of a block add up to, in each scale."""
    if WAY == "amax":
        tl.store(sums, _largest(tl.where(is_there, term, float("-inf"))))
    else:
        x = tl.where(is_there, term, 0.0)
        size = tl.abs(x)
        is_large = size > _LARGE
        is_small = size < _SMALL
        if COMPUTED != tl.float64 or WAY == "total":
            tl.store(sums, _sum(x * x if WAY == "norm" else x))
        elif WAY == "norm":
            middle = tl.where(is_large | is_small, 0.0, x)
            large = tl.where(is_large, x * _DOWN, 0.0)
            small = tl.where(is_small, x * _UP, 0.0)
            tl.store(sums, _sum(middle * middle))
            tl.store(sums + 1, _sum(large * large))
            tl.store(sums + 2, _sum(small * small))
        else:
            tl.store(sums, _sum(tl.where(is_large, 0.0, x)))
            tl.store(sums + 1, _sum(tl.where(is_large, x * _DOWN, 0.0)))


@triton.jit
def _plus(x, y):
    return x + y


@triton.jit
def _larger(x, y):
    """NaN where either is."""
    return tl.where((x > y) | (x != x), x, y)


@triton.jit
def _sum(x):
    return tl.reduce(x, 0, _plus)


@triton.jit
def _largest(x):
    return tl.reduce(x, 0, _larger)


@triton.jit
def reduced(
    sums, STRIDE: tl.constexpr, first, last, size, WAY: tl.constexpr, COMPUTED: tl.constexpr
):
    """What the terms of blocks come to."""
    if WAY == "amax":
        i = tl.arange(0, _WIDE)
        largest = tl.full((_WIDE,), float("-inf"), tl.float64)
        for block in range(first, last, _WIDE):
            own = block + i
            x = tl.load(sums + own * STRIDE, own < last, other=float("-inf"))
            largest = _larger(largest, x)
        found = tl.where(first == last, float("nan"), _largest(largest))
    elif WAY == "norm":
        found = tl.sqrt(_added(sums, STRIDE, first, last))
        if COMPUTED == tl.float64:
            large = _added(sums + 1, STRIDE, first, last)
            small = tl.sqrt(_added(sums + 2, STRIDE, first, last)) * _DOWN
            above = found * _DOWN
            upper = tl.sqrt(large + above * above) * _UP
            lower = tl.where(found > 0, tl.sqrt(found * found + small * small), small)
            is_none = (found != found) | (large != large)
            is_large = large > 0  # pyright: ignore[reportOperatorIssue]
            found = tl.where(is_none, found + large, tl.where(is_large, upper, lower))
    elif WAY == "mean":
        found = _added(sums, STRIDE, first, last) / size
        if COMPUTED == tl.float64:
            found += _added(sums + 1, STRIDE, first, last) / size * _UP
    else:
        found = _added(sums, STRIDE, first, last)
    return found


@triton.jit
def _added(sums, STRIDE: tl.constexpr, first, last):
    i = tl.arange(0, _WIDE)
    total = tl.full((_WIDE,), 0.0, tl.float64)
    for block in range(first, last, _WIDE):
        own = block + i
        total += tl.load(sums + own * STRIDE, own < last, other=0.0)
    return _sum(total)
