"""``steprule bench``: all contenders of each optimizer, timed in turns, as tables."""

import os
from collections.abc import Callable, Container, Iterable, Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import click

from ...specs.language import Optimizer
from ..analysis import analyse
from ..console import fail, progress, reported, say, show_table
from ..device import require_device
from ..files.whole import replace
from ..loading.selection import selected
from ..program.compiled import compiled
from ..runtime._threads import cores
from ..verify.package import generated
from .arrays import arrays
from .chart import picture
from .contenders import Contender, Subject, contenders, has_torch, subject
from .machine import can_limit, description, memory, name, threads, versions
from .measure import cuda, wall
from .overview import is_shown, overview, told
from .race import WARM, LeftOut, Plan, Result, able, everyone, groups, race
from .report import document, table
from .workload import Data, Workload, is_of_matrices, large, model, small

_TORCH = "pip install 'steprule[torch]'"
_OF_ALL = (
    "it computes one number from all tensors together, and a race can check where a step ends "
    "for one tensor at a time alone"
)


def _count(context: click.Context, option: click.Parameter, value: float) -> int:
    if not (value.is_integer() and value >= 4):
        raise click.BadParameter(f"{value:g} is no whole number of at least 4.")
    return int(value)


def _file(*suffixes: str) -> Callable[..., Path | None]:
    """Checks before anything runs that a file can be written at the end."""

    def check(context: click.Context, option: click.Parameter, value: Path | None) -> Path | None:
        if value is None:
            return None
        if suffixes and value.suffix not in suffixes:
            raise click.BadParameter(f"{value} ends in none of {', '.join(suffixes)}.")
        if not value.parent.is_dir() or not os.access(value.parent, os.W_OK):
            raise click.BadParameter(f"{value.parent} is no folder that can be written to.")
        return value

    return check


@click.command("bench")
@click.argument("spec", nargs=-1)
@click.option(
    "--parameters",
    type=float,
    default=20e6,
    show_default=True,
    callback=_count,
    help="Total size of the large tensors.",
)
@click.option(
    "--dtype",
    type=click.Choice(["float32", "float64", "bfloat16"]),
    default="float32",
    show_default=True,
    help="The dtype of parameters, gradients and states; NumPy has no bfloat16.",
)
@click.option(
    "--device",
    default="cpu",
    show_default=True,
    help="Where torch runs, cpu or cuda; off the CPU, NumPy is left out.",
)
@click.option(
    "--threads",
    "count",
    type=click.IntRange(1, cores()),
    default=cores(),
    help="Threads and cores to use, by default all.",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many steps of each are timed.",
)
@click.option(
    "--all",
    "in_one_table",
    is_flag=True,
    help="All optimizers, or those named, in one table: the fused step of each on the large "
    "tensors, as a share of the limit and beside the fastest of torch.optim and the libraries.",
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_file(),
    help="Write everything, all samples included, to this file.",
)
@click.option(
    "--chart",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=_file(".svg", ".png"),
    help="Draw the medians into this file.",
)
def bench_command(
    spec: tuple[str, ...],
    parameters: int,
    dtype: str,
    device: str,
    count: int,
    repeats: int,
    json_file: Path | None,
    chart: Path | None,
    *,
    in_one_table: bool,
) -> None:
    """Time a step of each optimizer SPEC, in every implementation that is installed.

    In each repeat all implementations take one step, in a random order, from the same start, with
    the same gradients and the spec's default settings. The results are checked against the
    equations. There are three workloads: a few large tensors, 300 small ones, and the tensors of
    a model. Rules for matrices, and rules that draw random numbers, are left out. Other libraries
    take part if they are installed, step torch's tensors and were audited; the results of those
    that are known to differ from the rule are not checked.

    The limit is a pass over what a step must read and write, in place, without its arithmetic;
    on a device it is a copy of as many bytes, which takes as long there.
    """
    if chart and not find_spec("matplotlib"):
        raise click.UsageError("--chart needs matplotlib: pip install 'steprule[bench]'")
    if count < cores() and not can_limit():
        raise click.UsageError("--threads needs a system that keeps a process to some cores")
    _require_timed(device)
    with reported():
        specs = [s for s in selected(spec) if isinstance(s, Optimizer)]
        on_matrices = [s for s in specs if is_of_matrices(analyse(s))]
        random = [s for s in specs if any(i.is_random for i in s.inputs)]
    if spec and on_matrices:
        raise click.UsageError(
            f"{on_matrices[0].name} works on matrices, and every workload has vectors too"
        )
    if spec and random:
        raise click.UsageError(
            f"{random[0].name} draws random numbers, so that no two contenders end in one place"
        )
    specs = [s for s in specs if s not in (*on_matrices, *random)]
    if not specs:
        raise click.UsageError("only optimizers have a step; name one, or none for all")
    plan = Plan(
        arrays=arrays(dtype, device),
        repeats=repeats,
        memory=memory(device),
        timer=wall() if device == "cpu" else cuda(device),
    )
    setting = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": description(device),
        "versions": versions(),
        "parameters": parameters,
        "dtype": dtype,
        "device": device,
        "threads": count,
        "warm": WARM,
        "repeats": repeats,
    }
    with reported(), threads(count):
        if in_one_table:
            results, left_out = _measured(
                specs, [large(parameters)], plan, is_shown, shows_each=False
            )
            show_table(overview(results))
            for line in told(results):
                say(line)
        else:
            workloads = large(parameters), small(), model()
            results, left_out = _measured(specs, workloads, plan)
        if json_file:
            text = document(results, setting=setting, left_out=left_out)
            replace(json_file, text.encode())
        if chart:
            title = f"One step in {dtype}: {name(device)}, {count} threads"
            replace(chart, picture(results, title, chart.suffix))
    _conclude(results)


def _conclude(results: Sequence[Result]) -> None:
    wrong = [r for r in results if r.wrong]
    for r in wrong:
        say(
            f"{r.contender}, {r.optimizer}, {r.workload}: {r.deviation:.3g} times as far from the "
            "equations as rounding explains"
        )
    if wrong:
        fail(f"{len(wrong)} of {len(results)} did not do the work their times are of", status=1)


def _require_timed(device: str) -> None:
    """Raise a usage error unless steps can be run and timed there."""
    if device.partition(":")[0] not in ("cpu", "cuda"):
        raise click.UsageError(f"--device {device} is neither cpu nor cuda")
    if device != "cpu" and not has_torch():
        raise click.UsageError(f"--device {device} needs torch: {_TORCH}")
    require_device(device)


def _measured(
    specs: Iterable[Optimizer],
    workloads: Iterable[Workload],
    plan: Plan,
    chosen: Callable[[Contender], bool] = everyone,
    *,
    shows_each: bool = True,
) -> tuple[list[Result], list[LeftOut]]:
    """What came of all races, each shown when it is over, or none; and who did not take part."""
    results: list[Result] = []
    left_out: list[LeftOut] = []

    def leave_out(missing: LeftOut) -> None:
        if missing not in left_out:
            left_out.append(missing)
            say(f"{missing.contender} is left out: {missing.reason}")

    if not has_torch():
        leave_out(LeftOut("torch", f"it is not installed: {_TORCH}"))
    for spec in specs:
        if compiled(spec).program.takes_turns:
            leave_out(LeftOut(spec.name, _OF_ALL))
            continue
        with generated(spec) as package:
            entered = subject(spec, package)
            running, missing = able(entered, plan, chosen)
            for each in missing:
                leave_out(each)
            for workload in workloads:
                found = _raced(entered, running, workload, plan.of(spec))
                if shows_each:
                    show_table(table(found))
                results += found
    return results, left_out


def _raced(
    entered: Subject, running: Container[str], workload: Workload, plan: Plan
) -> list[Result]:
    """All contenders that run, on one workload, with a bar."""
    data = Data(workload, plan.steps, plan.arrays)
    field = [c for c in contenders(entered, data) if c.name in running]
    found: list[Result] = []
    in_memory = groups(field, data, plan)
    if len(in_memory) > 1:
        say(
            f"{entered.spec.name}, {workload.name}: more than fits into the "
            f"{plan.memory / 1e9:.3g} GB that may be filled; contenders take turns in "
            f"{len(in_memory)} groups, one group after another"
        )
    with progress(f"{entered.spec.name}, {workload.name}", len(field) * plan.steps) as bar:
        for group in in_memory:
            plan.arrays.release()
            found += race(
                entered, group, workload, data, plan, lambda: bar.advance(bar.task_ids[0])
            )
    return found
