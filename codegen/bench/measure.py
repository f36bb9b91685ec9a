"""Times of contenders that take turns, so that what slows the machine slows them all."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

import numpy as np


class Runner(Protocol):
    """Something that takes steps, one after another."""

    def prepare(self, step: int) -> None:
        """Get ready for a step, counted from 0; not timed."""
        ...

    def step(self) -> None: ...


SETTLING = 0.03
"""Seconds before each step: threads of OpenMP that wait for work spin for up to half of it.

They take a core from whoever comes next; measured, from 13.1 to 17 ms for a pass of the limit. Who
waits spins too, as a core that sleeps is slow at first.
"""

Timer = Callable[[Callable[[], None]], float]
"""Runs a function and says how long it took, in seconds."""


@dataclass(frozen=True)
class Spread:
    """Median and quartiles, in the unit of the samples."""

    lower: float
    median: float
    upper: float


def spread(samples: Sequence[float]) -> Spread:
    """Of samples, at least one; quartiles between two of them are interpolated."""
    lower, median, upper = np.quantile(samples, (0.25, 0.5, 0.75))
    return Spread(float(lower), float(median), float(upper))


def wall(clock: Callable[[], float] = time.perf_counter) -> Timer:
    """Times by a clock that shows seconds, once threads of others have gone to sleep."""

    def timed(function: Callable[[], None]) -> float:
        end = time.perf_counter() + SETTLING
        while time.perf_counter() < end:
            pass
        start = clock()
        function()
        return clock() - start

    return timed


def cuda(device: str) -> Timer:
    """Times between two events on a CUDA device: launching counts where the device waits for it."""
    import torch

    def timed(function: Callable[[], None]) -> float:
        with torch.cuda.device(device):
            before = torch.cuda.Event(enable_timing=True)
            after = torch.cuda.Event(enable_timing=True)
            torch.cuda.synchronize()
            before.record()
            function()
            after.record()
            after.synchronize()
        return before.elapsed_time(after) / 1e3

    return timed


def measure(
    runners: Mapping[str, Runner],
    *,
    warm: int,
    repeats: int,
    timer: Timer,
    random: Random,
    progress: Callable[[], None],
) -> dict[str, list[float]]:
    """The seconds of every step of every runner.

    Args:
        runners: by name. In every repeat each takes one step, in an order drawn anew.
        warm: the steps each takes before any is kept: for compiling, memory and states.
        repeats: the steps that are kept.
        timer: runs one step and times it.
        random: draws the orders.
        progress: told of every step.
    """
    samples: dict[str, list[float]] = {name: [] for name in runners}
    order = list(runners)
    for step in range(warm + repeats):
        random.shuffle(order)
        for name in order:
            runners[name].prepare(step)
            seconds = timer(runners[name].step)
            if step >= warm:
                samples[name].append(seconds)
            progress()
    return samples
