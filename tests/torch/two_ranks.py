"""What two processes see of rules of all kinds, whose tensors they share; run by a test.

Printed is, as JSON, by rule and way how far they are from one process that has the tensors whole.
"""

import json
import sys
import tempfile
from inspect import signature
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
"""With totals over all tensors."""
OTHERS: dict[str, dict[str, Any]] = {
    "Adafactor": {},
    "AdaGC": {},
    "ASGD": {},
    "AvaGrad": {},
    "KahanAdamW": {},
    "Lamb": {},
    "Muon": {},
    "NovoGrad": {},
    "RAdam": {},
    "SAM": {"momentum": 0.9},
    "ScheduleFreeAdamW": {},
    "SM3": {},
    "SOAP": {},
}
OF_MATRICES = {"Muon"}


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

    def compared(name: str, given: dict[str, Any]) -> float:
        """How far the parts end from the whole, of the way they went."""
        kept = [i for i, x in enumerate(starts) if name not in OF_MATRICES or x.ndim > 1]
        whole = [torch.nn.Parameter(starts[i].clone()) for i in kept]
        parts = [torch.nn.Parameter(placed(starts[i], PLACES[i])) for i in kept]
        takes_decay = "weight_decay" in signature(getattr(ours, name)).parameters
        other = {"weight_decay": 0.2} if takes_decay else {}
        pair = [
            getattr(ours, name)([{"params": ps[:2]}, {"params": ps[2:], **other}], **given)
            for ps in (whole, parts)
        ]
        for noise in noises:
            for optimizer, ps, is_shared in zip(pair, (whole, parts), (False, True), strict=True):

                def closure(ps: Any = ps, noise: Any = noise, shared: bool = is_shared) -> float:
                    for p, i in zip(ps, kept, strict=True):
                        beside = placed(noise[i], PLACES[i]) if shared else noise[i]
                        p.grad = p.detach() + 0.1 * beside
                    return 0.0

                closure()
                optimizer.step(*([closure] if optimizer._points else []))
        there = [getattr(q, "full_tensor", lambda q=q: q)().detach() for q in parts]
        both = [*zip([p.detach() for p in whole], there, kept, strict=True)]
        gone = max(float((p - starts[i]).abs().max()) for p, _, i in both)
        assert gone > 0.01, "they have hardly moved, so nothing is known"
        off = max(float((p - q).abs().max()) for p, q, _ in both) / gone
        for key in pair[0]._global_states.values():
            numbers = [float(o.param_groups[1][key]) for o in pair]
            off = max(off, abs(numbers[0] / numbers[1] - 1))
        return off

    for name, given in RULES.items():
        for way, ran in WAYS.items():
            worst[f"{name} {way}"] = compared(name, given | ran)
    for name, given in OTHERS.items():
        worst[name] = compared(name, given | {"lr": 0.1})
    Path(f"{found}{rank}").write_text(json.dumps(worst))
    dist.destroy_process_group()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        mp.start_processes(check, (f"{folder}/store", f"{folder}/found"), 2, start_method="fork")
        sys.stdout.write(
            json.dumps([json.loads(Path(f"{folder}/found{r}").read_text()) for r in (0, 1)])
        )
