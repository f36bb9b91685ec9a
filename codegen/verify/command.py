"""``steprule verify``: every implementation against the oracle, as a table."""

import os
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context

import click
from rich.table import Table

from ...specs.language import Optimizer, Schedule, Spec, Transform
from ...specs.language.claims import Equivalence
from ..console import fail, progress, reported, say, show_table
from ..device import require_device
from ..loading.selection import selected, selected_with_transforms
from ..program.compiled import CompiledRule
from ..prove.discover import builtin_claims
from ..prove.prove import prove
from .optimizers.clipping import verify_clipping
from .optimizers.implementations import NEEDED, absent, dtypes, implementations
from .optimizers.replays import Replay, emitted, replay_generated
from .optimizers.verify import trials, verify
from .package import generated
from .results import Result
from .schedules import engines as schedule_engines
from .schedules import verify as schedules
from .unchanged import digest, is_known, remember


@click.command("verify")
@click.argument("spec", nargs=-1)
@click.option(
    "--device", default="cpu", show_default=True, help="Where torch runs; NumPy is left out off it."
)
@click.option(
    "--dtype",
    "only",
    multiple=True,
    type=click.Choice(dtypes()),
    help="Of parameters, instead of all; can be repeated. Schedules have float64 alone.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Also what has not changed since it was right here."
)
def verify_command(
    spec: tuple[str, ...], device: str, only: tuple[str, ...], everything: bool
) -> None:
    """Hold the generated code of each SPEC against exact evaluation of its equations.

    The worst error of every state and parameter over all options, dtypes and edge inputs is
    shown in units in the last place, beside what rounding can lead to there, and beside the error
    of the class it stands in for. Of a schedule it is that of its rate, momentum and states over
    all kinds of arguments and steps. What needs torch or Numba, where they are not installed, is
    left out, which is said; so is what was right on this machine before, and has not changed.
    """
    without = absent()
    with reported():
        transforms, specs = selected_with_transforms(spec)
        require_device(device)
        if device != "cpu":  # schedules are computed on the host, wherever the tensors are
            specs = [s for s in specs if isinstance(s, Optimizer)]
        tried = [d for d in dtypes(without) if d in only or not only]
        units = list(_units(specs, transforms, spec, tried, device, without))
        changed = [u for u in units if everything or not is_known(u.key)]
        results = _verified_together(changed, device, without)
    order = [s.name for s in (*specs, *transforms)]
    results.sort(key=lambda r: order.index(r.spec))
    if results:
        show_table(_table(results))
    for name in sorted(without):
        extra = f'pip install "steprule[{NEEDED[name]}]"'
        say(f"{name} is not installed, and nothing that needs it was verified: {extra}")
    if len(changed) < len(units):
        kept = dict.fromkeys(u.name for u in units if u not in changed)
        say(
            f"not verified again, as nothing has changed since it was right here: "
            f"{', '.join(kept)}; --all verifies everything"
        )
    if results:
        _conclude(results)
    if device == "cpu":
        again = {u.name for u in changed}
        _conclude_replays(_replays([s.name for s in specs], again))
    failed = {(r.spec, r.dtype) for r in results if r.failure}
    for unit in changed:
        if (unit.name, unit.dtype) not in failed:
            remember(unit.key)


@dataclass(frozen=True)
class _Unit:
    """What is verified at once.

    Args:
        reference: what the spec is found by.
        name: the spec's.
        dtype: that of the parameters.
        key: of the verdict.
    """

    reference: str
    name: str
    dtype: str
    key: str


def _units(
    specs: Sequence[Spec],
    transforms: Sequence[Transform],
    given: Sequence[str],
    tried: Sequence[str],
    device: str,
    without: Collection[str],
) -> Iterator[_Unit]:
    for each in (*specs, *transforms):
        files = (r for r in given if ".py" in r and _holds(r, each.name))
        reference = next(files, each.name)
        for dtype in ["float64"] if isinstance(each, Schedule) else tried:
            key = digest(each, dtype, device, without=without)
            yield _Unit(reference, each.name, dtype, key)


def _verified_together(
    units: Sequence[_Unit], device: str, without: Collection[str]
) -> list[Result]:
    """What is found of all of them, in as many processes as there are processors."""
    if not units:
        return []
    results: list[Result] = []
    # Spawned, because neither torch's threads nor a GPU's context survive a fork.
    workers = min(os.cpu_count() or 1, len(units))
    with (
        progress("verifying", len(units)) as bar,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
    ):
        pending = {
            pool.submit(_verified, u.reference, u.name, u.dtype, device, without): u for u in units
        }
        for future in as_completed(pending):
            results += future.result()
            bar.update(bar.task_ids[0], advance=1, description=pending[future].name)
    return results


def _replays(names: Sequence[str], again: Collection[str]) -> list[Replay]:
    """The refuted claims about these specs, of which one was verified again, through NumPy's."""
    package = import_module(f"{__name__.partition('.')[0]}.numpy")
    claims = [
        c
        for c in builtin_claims().values()
        if isinstance(c, Equivalence)
        and {c.left.spec.name, c.right.spec.name} <= {*names}
        and {c.left.spec.name, c.right.spec.name} & {*again}
    ]
    return [replay_generated(s, package) for s in emitted(map(prove, claims))]


def _conclude_replays(replays: list[Replay]) -> None:
    wrong = [r.settled.claim.name for r in replays if not r.agrees]
    if wrong:
        fail(f"the generated code does not part as the algebra says: {', '.join(wrong)}", status=1)
    if replays:
        say(f"{len(replays)} refutations part in the generated NumPy code as the algebra says")


def _holds(reference: str, name: str) -> bool:
    return any(found.name == name for found in selected((reference,)))


def _verified(
    reference: str, name: str, dtype: str, device: str, without: Collection[str]
) -> Sequence[Result]:
    if "torch" not in without:
        import torch

        torch.set_num_threads(1)
    transforms, _ = selected_with_transforms((reference,))
    if transforms:
        return verify_clipping(transforms[0], dtype, device, without)
    (spec,) = (s for s in selected((reference,)) if s.name == name)
    with generated(spec) as package:
        if isinstance(spec, Schedule):
            found = schedule_engines.implementations(package, without)
            return schedules.verify(spec, found, beside_peer="torch" not in without)
        rule = CompiledRule(spec)
        found = implementations(rule, package, device, dtype, without)
        return verify(rule, found, trials(rule, dtype))


def _table(results: Sequence[Result]) -> Table:
    table = Table(box=None, pad_edge=False, caption_justify="left")
    for column in ("spec", "implementation", "dtype", "quantity"):
        table.add_column(column)
    for column in ("ulp", "bound", "peer's ulp"):
        table.add_column(column, justify="right")
    table.add_column("")
    for r in results:
        errors = (r.ours.error, r.ours.bound, r.theirs and r.theirs.error)
        cells = ["-" if e is None else _ulp(e) for e in errors]
        verdict = "[red]fails[/red]" if r.failure else "[green]ok[/green]"
        table.add_row(r.spec, r.backend, r.dtype, r.quantity, *cells, verdict)
    return table


def _ulp(error: float) -> str:
    return f"{error:.2f}" if error < 1000 else f"{error:.1g}"


def _conclude(results: Sequence[Result]) -> None:
    failed = [r for r in results if r.failure]
    for r in failed:
        say(f"{r.spec}, {r.backend}, {r.dtype}, {r.quantity}: {r.failure}")
    if failed:
        fail(
            f"{len(failed)} of {len(results)} quantities are further from the equations than "
            "rounding explains",
            status=1,
        )
    say(f"all {len(results)} quantities are as near to the equations as rounding allows")
