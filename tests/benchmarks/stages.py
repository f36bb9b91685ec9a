"""What share of the limit rules that reduce tensors reach, and how far a reference is from it.

``python -m tests.benchmarks.stages SPEC [--beside MODULE.CLASS] [--rounds N] [--parameters N]``
steps float32 parameters on the host, as four matrices, with the defaults of the spec: the limit, a
compiled pass in place over the bytes that all passes of the rule move; ``fused=True``; the Numba
engine for NumPy's arrays; the rule without kernels; and, if one is named, an optimizer of another
library with its own defaults. All take turns in every round. Shown are milliseconds, and times of
one round divided by those of the limit, and of ``fused=True``: medians, with their quartiles.
"""

import argparse
from collections.abc import Callable
from importlib import import_module
from random import Random

import numpy as np
import torch
from steprule.codegen.analysis import analyse
from steprule.codegen.bench.limit import InPlace
from steprule.codegen.bench.machine import name
from steprule.codegen.bench.measure import wall
from steprule.codegen.cost import costs
from steprule.codegen.loading.load import load
from steprule.codegen.program.compiled import compiled
from steprule.codegen.runtime._threads import cores
from steprule.codegen.verify.package import generated
from steprule.specs.language import Optimizer

WARM = 2
MATRICES = 4
COLUMNS = 1000

Step = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("spec")
    parser.add_argument("--beside", default="", metavar="MODULE.CLASS")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--parameters", type=int, default=20_000_000)
    chosen = parser.parse_args()
    (spec,) = (analyse(each) for each in load(chosen.spec))
    assert isinstance(spec, Optimizer)
    cost = next(each for each in costs(compiled(spec)) if not each.settings)
    print(f"{name('cpu')}, {cores()} cores, {chosen.parameters:,} parameters")
    print(f"{spec.name}: {cost.passes} passes, {cost.moved} numbers for each parameter")
    with generated(spec) as package:
        shape = chosen.parameters // (MATRICES * COLUMNS), COLUMNS
        limit = InPlace(cost, chosen.parameters, "float32")
        field: dict[str, Step] = {"limit": limit.step}
        ours = getattr(package("torch"), spec.name)
        field["ours fused"] = _torch(ours, shape, fused=True)
        field["NumPy engine"] = _numpy(getattr(package("numpy"), spec.name), shape)
        field["ours without"] = _torch(ours, shape)
        if chosen.beside:
            module, _, theirs = chosen.beside.rpartition(".")
            field["reference"] = _torch(getattr(import_module(module), theirs), shape)
        times = _measured(field, chosen.rounds)
    for contender, own in times.items():
        ratios = [_of(own, times[other]) for other in ("limit", "ours fused")]
        print(f"{contender:14} {_quartiles(1e3 * own)} ms", *map(_quartiles, ratios), sep="  ")


def _torch(cls: type, shape: tuple[int, int], **given: bool) -> Step:
    params, grads = ([torch.from_numpy(x) for x in own] for own in _arrays(shape))
    params = [torch.nn.Parameter(p) for p in params]
    for p, grad in zip(params, grads, strict=True):
        p.grad = grad
    return cls(params, **given).step


def _numpy(cls: type, shape: tuple[int, int]) -> Step:
    params, grads = _arrays(shape)
    optimizer = cls(engine="numba")
    return lambda: optimizer.update(params, grads)


def _arrays(shape: tuple[int, int]) -> list[list[np.ndarray]]:
    """Parameters and gradients: NumPy's memory, for all alike."""
    random = np.random.default_rng(0)
    return [[random.standard_normal(shape, np.float32) for _ in range(MATRICES)] for _ in range(2)]


def _measured(field: dict[str, Step], rounds: int) -> dict[str, np.ndarray]:
    random, timed = Random(0), wall()
    found: dict[str, list[float]] = {contender: [] for contender in field}
    for k in range(WARM + rounds):
        for contender in random.sample([*field], len(field)):
            seconds = timed(field[contender])
            if k >= WARM:
                found[contender].append(seconds)
    return {contender: np.array(times) for contender, times in found.items()}


def _of(times: np.ndarray, others: np.ndarray) -> np.ndarray:
    return times / others


def _quartiles(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return f"{middle:7.2f} [{low:.2f} {high:.2f}]"


if __name__ == "__main__":
    main()
