"""Random numbers from a counter: which number it is depends on where it is, and on nothing drawn.

The generator is Philox4x32-10 of Salmon, Moraes, Dror and Shaw, 2011, Parallel random numbers: as
easy as 1, 2, 3, DOI 10.1145/2063384.2063405: of a key of two and a counter of four words of 32 bits
it makes four words. Here

- the key is the seed, its low word first;
- the counter is ``i // 4`` (48 bits) and the stream (16 bits), in two words, the step, and the
  parameter's place among the optimizer's; i is the element's place in the whole parameter, row by
  row, and counts the reals that complex numbers are pairs of;
- the element takes the word ``i % 4``.

A rule's k-th random input, from 0, has the streams 4k to 4k + 3. The words of two of them are the
64 bits, high ones first, of a uniform number from 0 to 1, of which a format takes as many as it
holds: 24 or 53. A sign is the first bit of the first stream. A normal number is made of the uniform
numbers u and v of the four, by Box and Muller: ``sqrt(-2*log(1 - u)) * cos(2*pi*v)``.

Words are in arrays of one shape, of 64-bit integers that wrap around, signed or not; single ones
are Python's numbers. There is no difference to what is written here.
"""

from typing import Any, TypeAlias

Words: TypeAlias = tuple[Any, Any, Any, Any]

UNIFORM, NORMAL, RADEMACHER = "uniform", "normal", "rademacher"
"""What is drawn."""

STREAMS = 4
"""Of each random input."""

ROUNDS = 10
LOW = 0xFFFFFFFF
"""The low word of a number."""

_FACTORS = 0xD2511F53, 0xCD9E8D57
_WEYL = 0x9E3779B9, 0xBB67AE85
"""What the key grows by each round."""


def philox(counter: Words, key: tuple[int, int]) -> Words:
    """The four words of a counter under a key."""
    a, b, c, d = counter
    left, right = key
    for _ in range(ROUNDS):
        x, y = a * _FACTORS[0], c * _FACTORS[1]
        # New arrays, or numbers, which the rest is done in; b and d keep what is above their words.
        a, c = y >> 32, x >> 32
        a ^= b
        a ^= left
        a &= LOW
        c ^= d
        c ^= right
        c &= LOW
        b, d = y, x
        left, right = (left + _WEYL[0]) & LOW, (right + _WEYL[1]) & LOW
    b &= LOW
    d &= LOW
    return a, b, c, d


def words(blocks: Any, *, stream: int, step: Any, parameter: int, seed: int) -> Words:
    """The words of four elements each: of the places ``4*blocks`` and those that follow."""
    counter = blocks & LOW, blocks >> 32 | stream << 16, step & LOW, parameter
    return philox(counter, (seed & LOW, seed >> 32))


def require_seed(seed: Any) -> None:
    """Raise ValueError for what is no whole number of 64 bits, without a sign."""
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 1 << 64:
        raise ValueError(f"seed must be a whole number from 0 to 2**64 - 1, got {seed!r}")
