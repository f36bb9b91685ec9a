"""Random numbers that a step draws, as arrays like its parameters; :mod:`._philox` says which."""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ._blocks import computed
from ._philox import NORMAL, RADEMACHER, STREAMS, Words, words
from ._threads import cores, spread
from ._trees import Array

CHUNK = 1 << 15
"""Elements drawn at a time, a multiple of four. Measured: their words stay in the cache."""


def columns(
    declared: Mapping[str, str],
    read: Collection[str],
    thetas: Sequence[Array],
    seed: int,
    t: int,
) -> list[list[Array] | None]:
    """What a step draws, in the order of the rule, for each parameter; None where it reads none.

    Args:
        declared: by name, what is drawn.
        read: the names of what the step reads.
        thetas: the parameters; numbers are of the dtype computed in, and lie in memory like these.
        seed: of the optimizer.
        t: the step.
    """
    return [
        [
            _like(theta, source, {"seed": seed, "step": t, "parameter": i}, k * STREAMS)
            for i, theta in enumerate(thetas)
        ]
        if name in read
        else None
        for k, (name, source) in enumerate(declared.items())
    ]


def _like(theta: Array, source: str, where: dict[str, int], stream: int) -> Array:
    found = np.empty(theta.shape, computed(theta.dtype))
    flat = found.reshape(-1)

    def draw(k: int) -> None:
        start = k * CHUNK
        part = flat[start : start + CHUNK]
        part[:] = _drawn(source, start, part.size, found.dtype, where, stream)

    spread(draw, -(-flat.size // CHUNK), cores())
    if theta.strides == found.strides or theta.dtype != found.dtype:
        return found
    like = np.empty_like(theta, subok=False)
    like[...] = found
    return like


def _drawn(
    source: str, start: int, count: int, dtype: np.dtype[Any], where: dict[str, int], stream: int
) -> Array:
    """The numbers of ``count`` elements from one on, whose place is a multiple of four."""
    first = start // 4
    blocks = np.arange(first, first - (-count // 4), dtype=np.uint64)

    def each(stream: int) -> Words:
        return words(blocks, stream=stream, **where)

    if source == RADEMACHER:
        return 1 - 2 * _woven([x >> 31 for x in each(stream)], count, dtype)
    if source == NORMAL:
        u, v = (_uniform(each, k, count, dtype) for k in (stream, stream + 2))
        # cos(2*pi*v), of an angle in the first quarter: so its relative error is that of the sine.
        wave = np.sin(2 * math.pi * (np.abs(v - 0.5) - 0.25))
        return np.sqrt(-2 * np.log(1 - u)) * wave
    return _uniform(each, stream, count, dtype)


def _uniform(each: Callable[[int], Words], stream: int, count: int, dtype: np.dtype[Any]) -> Array:
    if dtype == np.float32:
        high = _woven([x >> 8 for x in each(stream)], count, dtype)
        high *= dtype.type(2**-24)
        return high
    pairs = zip(each(stream), each(stream + 1), strict=True)
    if dtype == np.float64:
        both = _woven([(high << 21) | (low >> 11) for high, low in pairs], count, dtype)
        both *= 2**-53
        return both
    bits = min(64, np.finfo(dtype).nmant + 1)
    high, low = (
        _woven(half, count, dtype)
        for half in zip(*((high, low >> (64 - bits)) for high, low in pairs), strict=True)
    )
    return high * dtype.type(2) ** -32 + low * dtype.type(2) ** -bits


def _woven(columns: Iterable[Any], count: int, dtype: np.dtype[Any]) -> Array:
    """The numbers of elements that follow one another, from arrays of every fourth."""
    found = np.empty((-(-count // 4), 4), dtype)
    for k, column in enumerate(columns):
        found[:, k] = column
    return found.reshape(-1)[:count]
