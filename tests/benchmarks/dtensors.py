"""What a step of DTensors takes, beside torch's own foreach and fused steps of the same.

Run as a script: ``python tests/benchmarks/dtensors.py [--repeats N] [OPTIMIZER ...]``.

Two processes, of a thread each, share 60 tensors of 64x64 and 8 of 1024x1024 by rows. All
contenders take turns in every repeat, the processes waiting for one another before each, and the
time is that of the slower process. Shown are medians in milliseconds, and the median, with its
quartiles, of the times of one repeat divided by torch's foreach of the same repeat.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import steprule.torch as ours
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Shard, distribute_tensor

SHAPES = [(64, 64)] * 60 + [(1024, 1024)] * 8
WORLD = 2
OPTIONS: dict[str, dict[str, Any]] = {
    "SGD": {"momentum": 0.9},
    "Adagrad": {},
    "Adadelta": {},
    "RMSprop": {},
    "Adam": {},
    "AdamW": {},
    "Adamax": {},
    "NAdam": {},
    "Lion": {},
}
OURS = {"default": {}, "foreach": {"foreach": True}, "fused": {"fused": True}}
TORCH = {"loop": {}, "foreach": {"foreach": True}, "fused": {"fused": True}}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("optimizers", nargs="*", metavar="OPTIMIZER", choices=[*OPTIONS, []])
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "store")
        mp.spawn(_rank, (store, chosen.optimizers or [*OPTIONS], chosen.repeats), WORLD)


def _rank(rank: int, store: str, names: list[str], repeats: int) -> None:
    torch.set_num_threads(1)
    dist.init_process_group(
        "gloo",
        init_method=f"file://{store}",
        rank=rank,
        world_size=WORLD,
        timeout=timedelta(minutes=5),
    )
    try:
        for name in names:
            found = measure(contenders(name), repeats)
            if rank == 0:
                print("\n".join(table(name, found)), flush=True)
    finally:
        dist.destroy_process_group()


def contenders(name: str) -> dict[str, Callable[[], Any]]:
    """The steps that can be taken, each of tensors of its own, by who takes them and how."""
    mesh = init_device_mesh("cpu", (WORLD,))
    found: dict[str, Callable[[], Any]] = {}
    for library, module, ways in (("torch", torch.optim, TORCH), ("ours", ours, OURS)):
        for way, how in ways.items():
            optimizer = _optimizer(getattr(module, name, None), mesh, OPTIONS[name] | how)
            if optimizer is not None:
                found[f"{library} {way}"] = optimizer.step
    return found


def _optimizer(kind: Any, mesh: Any, options: dict[str, Any]) -> torch.optim.Optimizer | None:
    """An optimizer that has taken a step, of new parameters; None if there is none that can."""
    if kind is None:
        return None
    generator = torch.Generator().manual_seed(0)
    params: list[nn.Parameter] = []
    for shape in SHAPES:
        whole, grad = (torch.randn(shape, generator=generator) for _ in range(2))
        params.append(nn.Parameter(distribute_tensor(whole, mesh, [Shard(0)])))
        params[-1].grad = distribute_tensor(grad, mesh, [Shard(0)])
    try:
        optimizer = kind(params, **options)
        optimizer.step()
    except (TypeError, RuntimeError, NotImplementedError):  # torch's rules differ in what they take
        return None
    return optimizer


def measure(steps: dict[str, Callable[[], Any]], repeats: int) -> dict[str, np.ndarray]:
    """The seconds of each step in every repeat, of the slower process."""
    for _ in range(3):
        for step in steps.values():
            step()
    times = torch.zeros(len(steps), repeats, dtype=torch.float64)
    for repeat in range(repeats):
        for i, step in enumerate(steps.values()):
            dist.barrier()
            start = time.perf_counter()
            step()
            times[i, repeat] = time.perf_counter() - start
    dist.all_reduce(times, dist.ReduceOp.MAX)
    return dict(zip(steps, times.numpy(), strict=True))


def table(name: str, found: dict[str, np.ndarray]) -> list[str]:
    """A line for each contender."""
    lines = [name]
    base = found.get("torch foreach", found.get("torch loop"))
    for contender, times in found.items():
        line = f"  {contender:14} {np.median(times) * 1e3:8.3f} ms"
        if base is not None:
            lower, median, upper = np.quantile(times / base, (0.25, 0.5, 0.75))
            line += f"   {median:6.3f} [{lower:.3f} {upper:.3f}] of torch foreach"
        lines.append(line)
    return lines


if __name__ == "__main__":
    main()
