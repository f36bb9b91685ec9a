"""What two processes see of rules with totals, whose tensors they share; run by a test.

Printed is, as JSON, by rule and way how far they are from one process that has the tensors whole.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import steprule.torch as ours
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.distributed.tensor import Replicate, Shard, distribute_tensor, init_device_mesh

SHAPES = [(4, 6), (5,), (2, 4, 6), (3,), (1, 3)]
PLACES: list[Any] = [Shard(0), Replicate(), Shard(2), None, Shard(0)]
"""Of the last one rank has no elements; one is a plain tensor beside the others."""
WAYS: dict[str, dict[str, Any]] = {
    "foreach": {"foreach": True},
    "loop": {"foreach": False},
    "capturable": {"capturable": True},
}
RULES: dict[str, dict[str, Any]] = {
    "Prodigy": {"d0": 1e-2, "use_bias_correction": True},
    "DoG": {"reps_rel": 0.1},
}


def check(rank: int, store: str, found: str) -> None:
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{store}", rank=rank, world_size=2)
    mesh = init_device_mesh("cpu", (2,))

    def placed(x: torch.Tensor, place: Any) -> torch.Tensor:
        return x.clone() if place is None else distribute_tensor(x.clone(), mesh, [place])

    generator = torch.Generator().manual_seed(0)
    how = {"generator": generator, "dtype": torch.float64}
    starts = [torch.randn(shape, **how) for shape in SHAPES]
    noises = [[torch.randn(shape, **how) for shape in SHAPES] for _ in range(6)]
    worst: dict[str, float] = {}
    for name, given in RULES.items():
        for way, ran in WAYS.items():
            whole = [torch.nn.Parameter(x.clone()) for x in starts]
            parts = [torch.nn.Parameter(placed(*each)) for each in zip(starts, PLACES, strict=True)]
            pair = [
                getattr(ours, name)(
                    [{"params": ps[:2]}, {"params": ps[2:], "weight_decay": 0.2}], **given, **ran
                )
                for ps in (whole, parts)
            ]
            for noise in noises:
                for p, q, e, place in zip(whole, parts, noise, PLACES, strict=True):
                    p.grad = p.detach() + 0.1 * e
                    q.grad = placed(p.grad, place)
                for optimizer in pair:
                    optimizer.step()
            there = [q.full_tensor() if hasattr(q, "full_tensor") else q for q in parts]
            gone = max(float((p - x).abs().max()) for p, x in zip(whole, starts, strict=True))
            off = max(float((p - q).abs().max()) for p, q in zip(whole, there, strict=True))
            key = next(iter(type(pair[0])._global_states.values()))
            numbers = [float(o.param_groups[1][key]) for o in pair]
            worst[f"{name} {way}"] = max(off / gone, abs(numbers[0] / numbers[1] - 1))
            assert gone > 0.01, "they have hardly moved, so nothing is known"
    Path(f"{found}{rank}").write_text(json.dumps(worst))
    dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        mp.start_processes(check, (f"{folder}/store", f"{folder}/found"), 2, start_method="fork")
        sys.stdout.write(
            json.dumps([json.loads(Path(f"{folder}/found{r}").read_text()) for r in (0, 1)])
        )
