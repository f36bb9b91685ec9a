"""The random numbers that a step draws, exactly: what :mod:`..runtime._philox` says, said anew.

Written from the paper and from that page, one number after the other, and sharing nothing with what
generated code runs.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

from flint import fmpq

from ...specs.language import Optimizer, Source
from .arrays import Array, object_array
from .exact import (
    ONE,
    PI,
    Number,
    cosine,
    exact,
    logarithm,
    multiply,
    square_root,
    subtract,
)
from .formats import FORMATS, Format

_WORD = 2**32


def philox4x32(counter: Sequence[int], key: Sequence[int], rounds: int = 10) -> list[int]:
    """Four words of 32 bits, of a counter of four and a key of two: Salmon et al., 2011."""
    x0, x1, x2, x3 = counter
    k0, k1 = key
    for _ in range(rounds):
        high0, low0 = divmod(0xD2511F53 * x0, _WORD)
        high1, low1 = divmod(0xCD9E8D57 * x2, _WORD)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % _WORD, (k1 + 0xBB67AE85) % _WORD
    return [x0, x1, x2, x3]


def draws(
    spec: Optimizer,
    shape: Sequence[int],
    *,
    t: int,
    form: Format,
    seed: int = 0,
    parameter: int = 0,
) -> dict[str, Array]:
    """The numbers of every random input, by name, for all elements of a parameter.

    Args:
        spec: the equations.
        shape: of the parameter.
        t: the step, counted from 1.
        form: what is computed in; half precision is computed in float32.
        seed: of the optimizer.
        parameter: its place among those of the optimizer, from 0.
    """
    bits = max(form.precision, FORMATS["float32"].precision)
    found: dict[str, Array] = {}
    for place, each in enumerate(i for i in spec.inputs if i.is_random):
        numbers = [
            _number(each.source, i, place, (t, parameter), seed, bits)
            for i in range(math.prod(shape))
        ]
        found[each.name] = object_array(numbers, tuple(shape))
    return found


@lru_cache(maxsize=1 << 16)
def _number(
    source: Source, index: int, place: int, where: tuple[int, int], seed: int, bits: int
) -> Number:
    t, parameter = where

    def word(stream: int) -> int:
        block = index // 4
        second = block // _WORD + 2**16 * (4 * place + stream)
        counter = block % _WORD, second, t % _WORD, parameter
        return philox4x32(counter, (seed % _WORD, seed // _WORD))[index % 4]

    def uniform(stream: int) -> fmpq:
        whole = word(stream) * _WORD + (word(stream + 1) if bits > 32 else 0)
        return fmpq(whole // 2 ** (64 - bits), 2**bits)

    match source:
        case Source.UNIFORM:
            return uniform(0)
        case Source.RADEMACHER:
            return exact(1 if word(0) < _WORD // 2 else -1)
        case Source.NORMAL:
            return normal(uniform(0), uniform(2))
    raise ValueError(f"{source} is not drawn")


def normal(u: fmpq, v: fmpq) -> Number:
    """A normal number of two uniform ones: Box and Muller, 1958."""
    radius = square_root(multiply(exact(-2), logarithm(subtract(ONE, u))))
    return multiply(radius, cosine(multiply(PI, 2 * v)))
