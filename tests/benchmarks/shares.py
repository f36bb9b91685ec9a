"""What share of the limit the compiled engines reach, for every rule of single elements.

``python -m tests.benchmarks.shares [--rounds N] [--seconds S] [--parameters N] [OPTIMIZER ...]``
steps float32 parameters on the host: the pass in place that ``steprule bench`` calls the limit,
``fused=True`` of ours and of torch's, and the Numba engine for NumPy's arrays take turns in every
round. Shown are medians in milliseconds, and of the times of one round divided by one another the
medians, each with its quartiles.

A round in which a thread of this process waited for a core that another process had is left out,
where the system says so (Linux does). So the machine may be in use: it takes longer then, ``S``
seconds at most for a rule.

*In cache* is the time of as many elements that never leave the caches, so of arithmetic alone: what
has more of that than a pass over memory takes cannot reach the limit.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from random import Random
from types import ModuleType
from unittest.mock import patch

import numpy as np
from steprule.codegen.analysis import analyse
from steprule.codegen.bench.arrays import HostArrays
from steprule.codegen.bench.contenders import Subject, contenders, subject
from steprule.codegen.bench.machine import name
from steprule.codegen.bench.measure import Runner, wall
from steprule.codegen.bench.workload import Data, is_of_matrices, large
from steprule.codegen.loading.load import builtin, load
from steprule.codegen.runtime._threads import cores
from steprule.codegen.verify.optimizers.configurations import settings
from steprule.numba import _launch
from steprule.specs.language import Optimizer, SpecError

WARM = 3
STEPS = 64
"""Gradients there are, one for each step until they come again."""

NAMES = {
    "limit": "limit",
    "steprule torch fused": "ours fused",
    "steprule numba": "NumPy engine",
    "torch.optim fused": "torch fused",
}
RATIOS = (
    ("limit", "ours fused"),
    ("limit", "NumPy engine"),
    ("limit", "torch fused"),
    ("ours fused", "torch fused"),
)
WAITING = 0.02
"""The share of a step for which its threads may have waited for a core, all together."""

PAUSE = 0.5
"""Seconds to leave the machine to others who use it."""

RESIDENT = 1 << 14
"""Elements of an array in cache, of each thread: of five arrays, 320 KiB."""

Times = dict[str, list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--parameters", type=int, default=20_000_000)
    parser.add_argument("optimizers", nargs="*", metavar="OPTIMIZER")
    chosen = parser.parse_args()
    try:
        specs = [s for name in chosen.optimizers or builtin() for s in load(name)]
    except SpecError as error:
        parser.error(str(error))
    rules = [analyse(s) for s in specs if isinstance(s, Optimizer)]
    rules = [s for s in rules if not (is_of_matrices(s) or any(i.is_random for i in s.inputs))]
    subjects = [s for s in (subject(spec, _package) for spec in rules) if s.rule.elementwise]
    print(f"{name('cpu')}, {cores()} cores, {chosen.parameters:,} parameters")
    print(_row(["optimizer", "rounds", *NAMES.values(), "in cache", *map(" / ".join, RATIOS)]))
    print(_row(["---", *["---:"] * (2 + len(NAMES) + len(RATIOS))]))
    for each in subjects:
        found = measure(each, chosen.parameters, chosen.rounds, chosen.seconds)
        print(_row(_cells(each.spec.name, found)), flush=True)


def measure(subject: Subject, parameters: int, rounds: int, seconds: float) -> Times:
    """Seconds of every contender in every round that nothing else disturbed."""
    data = Data(large(parameters), STEPS, HostArrays("float32"))
    field = [c for c in contenders(subject, data) if c.name in NAMES]
    runners: dict[str, Runner] = {NAMES[c.name]: c.start() for c in field}
    runners["in cache"] = _InCache(subject, parameters)
    random = Random(0)
    for step in range(WARM):
        _round(runners, step, random)
    found: Times = {name: [] for name in runners}
    end = time.monotonic() + seconds
    step = WARM
    while len(found["limit"]) < rounds and time.monotonic() < end:
        times, is_quiet = _round(runners, step, random)
        step = (step + 1) % STEPS
        if not is_quiet:
            time.sleep(PAUSE)
            continue
        for contender in found:
            found[contender].append(times[contender])
    return found


def _round(
    runners: Mapping[str, Runner], step: int, random: Random
) -> tuple[dict[str, float], bool]:
    """The seconds of each, in an order that is drawn; whether all of them had the cores."""
    times: dict[str, float] = {}
    is_quiet = True
    for contender in random.sample([*runners], len(runners)):
        runner = runners[contender]
        runner.prepare(step)
        seconds, waited = _timed(runner.step)
        times[contender] = seconds
        is_quiet &= waited < WAITING * seconds
    return times, is_quiet


def _timed(function: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and those that threads of this process waited for a core meanwhile."""
    found: list[float] = []

    def run() -> None:
        before, start = _waited(), time.perf_counter()
        function()
        found.extend((time.perf_counter() - start, _waited() - before))

    wall()(run)
    return found[0], found[1]


def _waited() -> float:
    """Seconds that threads of this process have waited for a core; 0 where nobody counts them."""
    files = Path("/proc/self/task").glob("*/schedstat") if sys.platform == "linux" else ()
    return sum(int(file.read_text().split()[1]) for file in files) / 1e9


class _InCache:
    """The kernel, on elements that stay in the caches, as many of them as otherwise."""

    def __init__(self, subject: Subject, parameters: int) -> None:
        cls = getattr(_package("numpy"), subject.spec.name)
        optimizer = cls(**settings(subject.spec, subject.configuration), engine="numba")
        with patch.object(_launch, "launch") as launched:
            optimizer.update(np.ones(1, np.float32), np.ones(1, np.float32))
        (self._kernel, _, table, scalars), _ = launched.call_args
        self._scalars = dict(scalars)
        states = [address != 0 for address in table[4:, 0]]
        count = -(-parameters // RESIDENT)
        columns: list[np.ndarray] = []
        self._arrays: list[list[np.ndarray]] = []
        for k in range(cores()):
            random = np.random.default_rng(k)
            arrays = [np.abs(random.standard_normal(RESIDENT, np.float32)) for _ in (0, 1, *states)]
            self._arrays.append(arrays)
            pairs = zip(arrays, (True, True, *states), strict=True)
            where = [array.ctypes.data if is_there else 0 for array, is_there in pairs]
            own = count * (k + 1) // cores() - count * k // cores()
            columns += [np.array([0, RESIDENT, *where])] * own
        self._table = np.array(columns, np.int64).T.copy()
        self._table[0] = RESIDENT * np.arange(count)

    def prepare(self, step: int) -> None: ...

    def step(self) -> None:
        _launch.prepare(self._kernel, "float32", self._table, self._scalars, threads=cores())()


def _package(backend: str) -> ModuleType:
    return import_module(f"steprule.{backend}")


def _cells(name: str, found: Times) -> Iterator[str]:
    yield name
    yield str(len(found["limit"]))
    for each in (*NAMES.values(), "in cache"):
        yield _spread(1e3 * np.array(found.get(each, [])), ".2f")
    for above, below in RATIOS:
        known = above in found and below in found
        ratios = np.array(found[above]) / np.array(found[below]) if known else np.array([])
        yield _spread(ratios, ".3f")


def _spread(values: np.ndarray, form: str) -> str:
    """The median, and the quartiles."""
    if not values.size:
        return "-"
    lower, median, upper = (format(x, form) for x in np.quantile(values, (0.25, 0.5, 0.75)))
    return f"{median} [{lower} {upper}]"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
