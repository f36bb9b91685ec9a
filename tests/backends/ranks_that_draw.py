"""What four processes see of rules that draw random numbers, whose tensors they share.

Run by a test, given the folder of a generated package and the classes of rules, of which the first
is tried in every way. Printed is, as JSON and by rank, rule and way, how far they are from one
process that has the tensors whole.
"""

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor
from torch.distributed.tensor import Replicate, Shard, distribute_tensor, init_device_mesh
from torch.distributed.tensor.placement_types import _StridedShard

WORLD = 4
SHARES: list[tuple[tuple[int, ...], Any]] = [
    ((5, 3), (Shard(0), Replicate())),
    ((4, 6), (Shard(1), Shard(0))),
    ((7, 3), None),
    ((2, 4, 6), (Shard(2), Shard(1))),
    ((1, 3), (Shard(0), Shard(0))),
    ((9, 2), (Shard(0), Shard(0))),
    ((9, 5), (_StridedShard(0, split_factor=2), Shard(0))),
    ((3, 3), (Replicate(), Replicate())),
]
"""Shapes, and how they lie on a mesh of two by two: evenly or not, with ranks that have nothing.

One is a plain tensor beside the others.
"""
WAYS: dict[str, dict[str, Any]] = {
    "foreach": {"foreach": True},
    "loop": {"foreach": False},
    "capturable": {"capturable": True},
}


def far(package: str, rule: str, way: str, mesh: Any) -> float:
    """How far apart shared and whole tensors are after some steps, of those with a gradient."""
    kind = getattr(importlib.import_module(f"{package}.torch.{rule.lower()}"), rule)
    # torch takes no maximum, which a norm does, of a DTensor that a rank has nothing of.
    shares = [each for each in SHARES if not (kind._is_whole and each[0] == (1, 3))]

    def placed(x: Tensor, places: Any) -> Tensor:
        if places is None:
            return x.clone()
        return distribute_tensor(x.clone(), mesh, places, src_data_rank=None)

    def draw(seed: int) -> list[Tensor]:
        of = {"generator": torch.Generator().manual_seed(seed), "dtype": torch.float64}
        return [torch.randn(shape, **of) for shape, _ in shares]

    starts = draw(0)
    whole = [torch.nn.Parameter(x.clone()) for x in starts]
    places = [places for _, places in shares]
    parts = [torch.nn.Parameter(placed(*each)) for each in zip(starts, places, strict=True)]
    pair = [
        kind([{"params": ps[:3]}, {"params": ps[3:], "seed": 9}], seed=5, **WAYS[way])
        for ps in (whole, parts)
    ]
    for step in range(3):
        for i, (p, q, x) in enumerate(zip(whole, parts, draw(step + 1), strict=True)):
            skipped = step == 1 and i == 1
            p.grad = None if skipped else x
            q.grad = None if skipped else placed(x, places[i])
        for optimizer in pair:
            optimizer.step()
    there = [q.full_tensor() if hasattr(q, "full_tensor") else q for q in parts]
    gone = min(float((p - x).abs().max()) for p, x in zip(whole, starts, strict=True))
    assert gone > 0.01, "they have hardly moved, so nothing is known"
    return max(float((p - q).abs().max()) for p, q in zip(whole, there, strict=True))


def run(rank: int, store: str, folder: Path, rules: list[str]) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=WORLD)
    mesh = init_device_mesh("cpu", (2, 2))
    sys.path.insert(0, str(folder.parent))
    first, *others = rules
    ways = [*((first, way) for way in WAYS), *((rule, "loop") for rule in others)]
    found = {f"{rule} {way}": far(folder.name, rule, way, mesh) for rule, way in ways}
    Path(f"{store}-{rank}").write_text(json.dumps(found))
    dist.destroy_process_group()


def main(folder: str, *rules: str) -> None:
    with tempfile.TemporaryDirectory() as own:
        store = f"{own}/store"
        mp.start_processes(run, (store, Path(folder), [*rules]), WORLD, start_method="fork")
        found = [json.loads(Path(f"{store}-{rank}").read_text()) for rank in range(WORLD)]
        print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
