"""The steps a schedule is tried at: the first, around every boundary, and far out.

So far out that a float has no digits left for the phase of a period, unless it is looked for
before anything is rounded.
"""

import math
import random
from collections.abc import Iterator
from itertools import combinations_with_replacement

from ....specs.language import Hyper, Numbers, running_product
from ...oracle.arguments import Bound

_FAR = 10**6
_FARTHEST = (2**31, 2**31 + 1, 2**40 + 7, 2**53 - 1, 2**53)
"""Beyond 32 bits, and up to where floats no longer hold every whole number."""

_FAR_FOR_PRODUCTS = 2000
"""Of products over all steps so far, which take as long as there are steps."""

_MOST_BOUNDARIES = 16


def steps(bound: Bound, first: int) -> list[int]:
    """All steps below ``first``, those next to what the arguments imply, and some up to 2^53.

    A boundary can be at any argument that counts steps, and at the sum of two of them.
    """
    multiplies = _multiplies(bound)
    far = _FAR_FOR_PRODUCTS if multiplies else _FAR
    counts = sorted(set(_counts(bound)))
    sums = sorted({a + b for a, b in combinations_with_replacement([0, *counts], 2)})
    near = {math.floor(s) + d for s in sums[:_MOST_BOUNDARIES] for d in (-1, 0, 1)}
    spread = {round(far ** (i / 6)) for i in range(7)}
    found = sorted(s for s in {*range(first), *near, *spread} if 0 <= s <= far)
    return found if multiplies else [*found, *_FARTHEST]


def _counts(bound: Bound) -> Iterator[float]:
    """Every number above 1 among the arguments, and those of schedules it is made of."""
    for h in bound.schedule.hyper:
        value = bound.arguments[h.name]
        if isinstance(h, Numbers):
            yield from (x for x in value if x > 1)
        elif isinstance(h, Hyper) and value is not None and value > 1:
            yield value
    for inner in bound.inner:
        yield from _counts(inner)


def _multiplies(bound: Bound) -> bool:
    """Whether products over all steps so far are taken, here or in a schedule inside."""
    own = any(u.value.has(running_product) for u in bound.schedule.updates)
    return own or any(map(_multiplies, bound.inner))


def metrics(count: int) -> list[float]:
    """Values of a metric: flat, falling, noisy with ties, infinite, rising, and of either sign.

    They start flat, so that what equals the best value is met.
    """
    draw = random.Random(2015)
    kinds = (
        lambda _: 0.5,
        lambda i: 1 / (i + 1),
        lambda _: draw.randint(-4, 4) / 8,
        lambda i: -draw.random() * 1.001**i,
        lambda i: math.inf if i % 3 else -0.25,
        lambda i: -1 - i / 8,
        lambda i: i * 1.5,
    )
    length = 1 + count // (2 * len(kinds))
    return [kinds[i // length % len(kinds)](i) for i in range(count)]
