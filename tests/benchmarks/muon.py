"""Muon beside torch's, in turns: ``python tests/benchmarks/muon.py [--rounds N]``.

On 24 matrices, half of 768x768 and half of 768x3072, and on many equal ones, where all go through
one call. Ratios are of the median times; beside them the least and the greatest of any round.
"""

import argparse
import time
from statistics import median
from typing import Any

import steprule.torch
import torch
from torch import Tensor

WORKLOADS = {
    "12 of 768x768, 12 of 768x3072": [(768, 768)] * 12 + [(768, 3072)] * 12,
    "240 of 64x64": [(64, 64)] * 240,
    "60 of 128x256": [(128, 256)] * 60,
}


def made(cls: Any, shapes: list[tuple[int, int]]) -> Any:
    """An optimizer whose parameters have gradients."""
    torch.manual_seed(0)
    params: list[Tensor] = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    for p in params:
        p.grad = torch.randn(p.shape)
    return cls(params, lr=1e-3)


def seconds(optimizer: Any) -> float:
    """Of a step."""
    start = time.perf_counter()
    optimizer.step()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    for name, shapes in WORKLOADS.items():
        ours, theirs = (made(cls, shapes) for cls in (steprule.torch.Muon, torch.optim.Muon))
        for optimizer in (ours, theirs):
            optimizer.step()  # which makes the states
        turns = [(seconds(ours), seconds(theirs)) for _ in range(given.rounds)]
        ratios = sorted(b / a for a, b in turns)
        us, them = (median(each) for each in zip(*turns, strict=True))
        print(
            f"{name}: {us * 1e3:.1f} ms, torch's {them * 1e3:.1f} ms: {them / us:.2f} times as "
            f"fast ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )


if __name__ == "__main__":
    main()
