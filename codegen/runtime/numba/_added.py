"""What a block adds up for each of its rows, columns and matrices, from the terms a pass takes."""

from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from ._helper import INLINED, helper, inlined
from ._kernel import maximum, view
from ._sums import (
    DOWN,
    LARGE,
    add_amax,
    add_mean,
    add_norm,
    add_total,
    clear,
    halved,
    largest,
    scales,
    squares,
)
from ._tile import Tile, matrices
from ._vectors import LANES, add_each, add_each_square, keep_each_larger

NORM, MEAN, TOTAL, AMAX = range(4)
"""The ways to reduce."""


@inlined
def start_of(way: int) -> float:
    return -np.inf if way == AMAX else 0.0


@inlined
def together(way: int, x: Any, y: Any) -> Any:
    return maximum(x, y) if way == AMAX else x + y


def apart(way: int, x: Any) -> Any:
    """What a term adds in each of the scales."""


@overload(apart, jit_options=INLINED)
def _apart_of(way: int, x: Any) -> Any:
    def plain(way: int, x: Any) -> tuple[float, float, float]:
        wide = np.float64(x)
        return (wide * wide if way == NORM else wide), 0.0, 0.0

    def scaled(way: int, x: Any) -> tuple[float, float, float]:
        if way == NORM:
            return squares(x)
        if way == MEAN and abs(x) > LARGE:
            return 0.0, x * DOWN, 0.0
        return x, 0.0, 0.0

    return scaled if x == types.float64 else plain


@inlined
def _few(way: int, terms: Any, first: int, size: int) -> tuple[float, float, float]:
    """What so many terms come to, one after the other."""
    plain, large, small = start_of(way), 0.0, 0.0
    for k in range(first, first + size):
        own = apart(way, terms[k])
        plain, large, small = together(way, plain, own[0]), large + own[1], small + own[2]
    return plain, large, small


@inlined
def _keep_few(parts: Any, at: int, sums: tuple[float, float, float], count: int) -> None:
    parts[at] = sums[0]
    if count > 1:
        parts[at + 1], parts[at + 2] = sums[1], sums[2]


@inlined
def _add(way: int, sums: Any, terms: Any, count: int) -> None:
    if way == NORM:
        add_norm(sums, terms, count)
    elif way == MEAN:
        add_mean(sums, terms, count)
    elif way == TOTAL:
        add_total(sums, terms, count)
    else:
        add_amax(sums, terms, count)


@inlined
def _keep(way: int, sums: Any, parts: Any, at: int) -> None:
    for scale in range(sums.shape[0]):
        width = sums.shape[1]
        parts[at + scale] = (
            largest(sums, scale, width) if way == AMAX else halved(sums, scale, width)
        )


@inlined
def add_rows(
    way: int,
    sums: Any,
    terms: Any,
    parts: Any,
    place: int,
    tile: Tile,
    line: int,
    count: int,
    start: int,
    size: int,
    real: Any,
) -> None:
    """Add the terms of elements up by rows, and keep in ``parts`` what whole rows come to.

    They are of ``count`` rows from ``line`` on, and of ``size`` columns of the block from ``start``
    on; ``sums`` are those of a row that is not whole yet.
    """
    scale = scales(real)
    at = place + (tile.of_rows + line) * scale
    if tile.together > 1:
        for k in range(count):
            _keep_few(parts, at + k * scale, _few(way, terms, k * size, size), scale)
        return
    if start == 0:
        clear(sums, start_of(way))
    _add(way, sums, terms, size)
    if start + size == tile.size:
        _keep(way, sums, parts, at)


@inlined
def add_matrices(
    way: int,
    sums: Any,
    terms: Any,
    parts: Any,
    place: int,
    tile: Tile,
    line: int,
    count: int,
    start: int,
    size: int,
    real: Any,
) -> None:
    """The same by matrices."""
    scale = scales(real)
    place += (tile.of_matrices - tile.matrix) * scale
    if tile.together > 1:
        for k in range(line, line + count):
            at = place + k // tile.rows * scale
            own = _few(way, terms, (k - line) * size, size)
            if k != tile.first and k % tile.rows != 0:
                own = joined(way, own, parts, at, 1, scale)
            _keep_few(parts, at, own, scale)
        return
    if start == 0 and (line == tile.first or line % tile.rows == 0):
        clear(sums, start_of(way))
    _add(way, sums, terms, size)
    if start + size == tile.size and (line + 1 == tile.last or (line + 1) % tile.rows == 0):
        _keep(way, sums, parts, place + line // tile.rows * scale)


@helper
def columns(tile: Tile, real: Any) -> Any:
    """Sums of no terms yet for each column of a block, in each scale; matrix after matrix."""
    return np.zeros(matrices(tile) * scales(real) * tile.size)


@helper
def largest_columns(tile: Tile, real: Any) -> Any:
    """The largest of no terms for each column of a block."""
    return np.full(matrices(tile) * scales(real) * tile.size, real(-np.inf), real)


@inlined
def add_cols(
    way: int,
    sums: Any,
    terms: Any,
    tile: Tile,
    line: int,
    count: int,
    start: int,
    size: int,
    real: Any,
) -> None:
    """The same by columns, to the sums of a block."""
    each = scales(real) * tile.size  # sums of a matrix
    if tile.together == 1:
        at = (line // tile.rows - tile.matrix) * each + start
        _add_each(way, sums, at, terms, size, tile.size)
        return
    for k in range(count):
        at = ((line + k) // tile.rows - tile.matrix) * each
        for index in range(size):
            own = apart(way, terms[k * size + index])
            sums[at + index] = together(way, sums[at + index], own[0])
            if each > tile.size:
                sums[at + tile.size + index] += own[1]
                sums[at + 2 * tile.size + index] += own[2]


def _add_each(way: int, sums: Any, at: int, terms: Any, count: int, step: int) -> None:
    """Add each term to a sum of its own; those of the next scale are so far behind."""


@overload(_add_each, jit_options=INLINED)
def _add_each_of(way: int, sums: Any, at: int, terms: Any, count: int, step: int) -> Any:
    def plain(way: int, sums: Any, at: int, terms: Any, count: int, step: int) -> None:
        if way == AMAX:
            keep_each_larger(sums, at, terms, count)
        elif way == NORM:
            add_each_square(sums, at, terms, count)
        else:
            add_each(sums, at, terms, count)
        for index in range(count - count % LANES, count):
            own = apart(way, terms[index])[0]
            sums[at + index] = together(way, sums[at + index], own)

    def scaled(way: int, sums: Any, at: int, terms: Any, count: int, step: int) -> None:
        first, second = view(sums, at, count), view(sums, at + step, count)
        third = view(sums, at + 2 * step, count)
        for index in range(count):
            own = apart(way, terms[index])
            first[index] = together(way, first[index], own[0])
            second[index] += own[1]
            third[index] += own[2]

    return scaled if terms.dtype == types.float64 else plain


@helper
def keep_cols(sums: Any, parts: Any, place: int, tile: Tile, real: Any) -> None:
    """Keep the sums of a block."""
    own = view(parts, place + tile.of_cols * scales(real), sums.size)
    for k in range(sums.size):
        own[k] = sums[k]


@helper
def joined(
    way: int, sums: tuple[float, float, float], parts: Any, at: int, step: int, count: int
) -> tuple[float, float, float]:
    """The sums, with those of one block more; there are so many scales, so far apart."""
    plain, large, small = sums
    if count == 1:
        return together(way, plain, parts[at]), large, small
    return together(way, plain, parts[at]), large + parts[at + step], small + parts[at + 2 * step]
