"""The limit: passes over as many bytes as a step must move, without its arithmetic."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..cost import BYTES, Cost
from ..runtime._threads import cores, spread

BUFFER = 1 << 30
"""The most bytes a device copies at once: far beyond its caches, and little beside its memory."""


class InPlace:
    """Reads and writes what a step must, where it is, with a thread on each core.

    A copy of the same bytes is no limit: it goes to memory of its own, which many processors read
    before they write to it.
    """

    def __init__(self, cost: Cost, count: int, dtype: str) -> None:
        number = np.dtype(f"u{BYTES[dtype]}")
        self._arrays = [np.ones(count, number) for _ in range(max(cost.read, cost.written))]
        parts = [np.array_split(x, cores()) for x in self._arrays]
        self._parts = [*zip(*parts, strict=True)]
        self._sweep = _sweep(cost.written, len(self._arrays))

    def prepare(self, step: int) -> None: ...

    def step(self) -> None:
        count = len(self._parts)
        spread(lambda k: self._sweep(*self._parts[k]), count, count)


def _sweep(written: int, arrays: int) -> Callable[..., None]:
    """A compiled pass over so many arrays at once, which changes the first of them.

    One after another they would take longer, and so would anything NumPy has.

    Raises:
        ImportError: Numba is not installed.
    """
    try:
        from numba import njit
    except ImportError as error:
        raise ImportError('the limit needs Numba: pip install "steprule[fast]"') from error
    names = [f"x{k}" for k in range(arrays)]
    read = " ^ ".join(f"{name}[i]" for name in names[written:]) or "1"
    body = "".join(f"        {name}[i] ^= read\n" for name in names[:written])
    source = (
        f"def sweep({', '.join(names)}):\n    for i in range(x0.size):\n        read = {read}\n"
    )
    scope: dict[str, Any] = {}
    exec(source + body, scope)
    return njit(nogil=True)(scope["sweep"])


class DeviceCopy:
    """Copies so many bytes through two buffers, as often as it takes.

    The bandwidth is that of a copy in one piece; the memory is left to others.
    """

    def __init__(self, count: int, device: Any) -> None:
        import torch

        source = torch.ones(min(count, BUFFER), dtype=torch.uint8, device=device)
        target = torch.empty_like(source)
        lengths = [min(BUFFER, count - done) for done in range(0, count, BUFFER)]
        self._pairs = [(target[:length], source[:length]) for length in lengths]

    def prepare(self, step: int) -> None: ...

    def step(self) -> None:
        for target, source in self._pairs:
            target.copy_(source)
